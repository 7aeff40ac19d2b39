module github.com/stellwerk-hr/stellwerk/internal/hrbaxml/libxml2bench

go 1.26.0

require (
	github.com/stellwerk-hr/stellwerk v0.0.0
	github.com/terminalstatic/go-xsd-validate v0.1.8
)

replace github.com/stellwerk-hr/stellwerk => ../../..
