module github.com/example/anchorage/v2 // the API

go 1.23.2

toolchain go1.23.4

require (
	github.com/go-chi/chi/v5 v5.1.0
	github.com/jackc/pgx/v5 v5.7.1
	google.golang.org/grpc v1.68.0
	github.com/gin-gonic/gin v1.10.0 // indirect
)

require github.com/stretchr/testify v1.10.0
