package api

//go:generate go tool -modfile=../internal/tools/go.mod oapi-codegen -config oapi-codegen.yaml ../openapi/openapi.yaml
