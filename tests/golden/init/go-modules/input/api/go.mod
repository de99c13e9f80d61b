module github.com/acme/fleet/api

go 1.23.1

require (
	github.com/go-chi/chi/v5 v5.1.0
	github.com/jackc/pgx/v5 v5.7.1
	github.com/stretchr/testify v1.9.0
	github.com/x/y v1.0.0 // indirect
)
