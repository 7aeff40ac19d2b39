// Package openapi holds the contract of the REST API. It is written by hand and first: server types and routes follow from it.
package openapi

import _ "embed"

// YAML is the contract, OpenAPI 3.0.3.
//
//go:embed openapi.yaml
var YAML []byte
