module example.org/switchyard

go 1.23
