// Package web holds what is made for browsers: the viewer of the contract, which npm has brought here and the program carries with it.
package web

import _ "embed"

// Viewer shows an OpenAPI document: Scalar's API reference, as viewer/package-lock.json names it.
//
//go:embed viewer/standalone.js
var Viewer []byte

// Start starts the viewer with the contract of this server.
//
//go:embed viewer/start.js
var Start []byte

// Licences are those of the viewer and of everything in it.
//
//go:embed viewer/LICENSES.txt
var Licences []byte
