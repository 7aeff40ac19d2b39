// Package client is a client of the REST API in Go, generated from the contract for software that pushes job ads into Stellwerk. It needs
// nothing else of this repository.
package client

//go:generate go tool -modfile=../internal/tools/go.mod oapi-codegen -config oapi-codegen.yaml ../openapi/openapi.yaml
