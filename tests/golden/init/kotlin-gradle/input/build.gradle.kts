plugins {
    kotlin("jvm") version "2.0.21"
    id("io.ktor.plugin") version "3.0.1"
    // id("org.springframework.boot") version "3.0.0"
    id("io.gitlab.arturbosch.detekt") version "1.23.7"
}

dependencies {
    implementation("io.ktor:ktor-server-core")
    testImplementation("io.kotest:kotest-runner-junit5:5.9.1")
}

kotlin {
    jvmToolchain(21)
}
