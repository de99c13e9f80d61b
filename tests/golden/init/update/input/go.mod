module example.org/tidebook

go 1.23
