module github.com/acme/fleet/worker

go 1.23

require go.temporal.io/sdk v1.29.1
