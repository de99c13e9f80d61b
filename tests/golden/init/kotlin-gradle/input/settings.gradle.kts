rootProject.name = "foghorn"
include(":app")
