// Package p12 opens the certificate files (.p12, PKCS#12) that the Bundesagentur für Arbeit (BA) mails to employers. Decoding runs
// in a child process of this very program, because a file may ask for billions of rounds of key derivation and the decoder cannot
// be interrupted: the child gets file and PIN on its standard input, little memory and no environment, and is killed when its time
// is up.
package p12

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// MaxFile is the largest file that is looked at, in bytes. The BA's have about 5,000.
const MaxFile = 64 << 10

// Opened is what a file holds. Its key redacts itself wherever it is printed.
type Opened struct {
	// Leaf is the certificate that belongs to the key, wherever it stood in the file.
	Leaf *x509.Certificate
	// Key is the private key in PKCS#8 DER.
	Key secret.Secret
	// Chain are the file's other certificates: first those that lead from the leaf to its root, in this order, then the rest. The
	// BA's server certificate may chain to them.
	Chain []*x509.Certificate
}

// Certificate returns what crypto/tls needs to show the certificate: leaf, intermediates and key.
func (o *Opened) Certificate() (tls.Certificate, error) {
	key, err := x509.ParsePKCS8PrivateKey(o.Key.Reveal())
	if err != nil {
		// The parser's words are not passed on: nobody promises that they never quote the key.
		return tls.Certificate{}, errors.New("parse private key: not a PKCS#8 key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return tls.Certificate{}, fmt.Errorf("parse private key: a %T cannot sign", key)
	}
	certificate := tls.Certificate{Certificate: [][]byte{o.Leaf.Raw}, PrivateKey: signer, Leaf: o.Leaf}
	last := o.Leaf
	for _, next := range o.Chain {
		// The root stays out: the host has its own, or would not trust this one.
		if !issued(next, last) || issued(next, next) {
			break
		}
		certificate.Certificate = append(certificate.Certificate, next.Raw)
		last = next
	}
	return certificate, nil
}

// Inspect checks what a good file must also be to be used at the given time: it returns nil, or a fault of the code NotYetValid or
// Expired.
func Inspect(opened *Opened, now time.Time) error {
	args := fault.Args{
		"not_before": opened.Leaf.NotBefore.UTC().Format(time.DateOnly),
		"not_after":  opened.Leaf.NotAfter.UTC().Format(time.DateOnly),
	}
	switch {
	case now.Before(opened.Leaf.NotBefore):
		return NotYetValid.New(args)
	case now.After(opened.Leaf.NotAfter):
		return Expired.New(args)
	}
	return nil
}

// issued reports whether cert names issuer as its issuer; the signature is not looked at.
func issued(issuer, cert *x509.Certificate) bool {
	return bytes.Equal(issuer.RawSubject, cert.RawIssuer)
}
