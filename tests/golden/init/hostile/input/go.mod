module ../../../etc
go 999999999999999999999.1
require (
(
)
