// Package p12 opens the certificate files (.p12, PKCS#12) that the Bundesagentur für Arbeit (BA) mails to employers. Decoding runs
// in a child process of this very program, because a file may ask for billions of rounds of key derivation and the decoder cannot
// be interrupted: the child gets file and PIN on its standard input, little memory and no environment, and is killed when its time
// is up.
package p12

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"

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

// The least that a key must have, in bits.
const (
	minRSA   = 2048
	minCurve = 256
)

// Inspect checks what a good file must also be to be used at the given time. It returns nil, or a fault of the code WeakKey, WrongKeyUsage,
// WrongIssuer, NotYetValid or Expired: the first that applies.
func Inspect(opened *Opened, now time.Time) error {
	leaf := opened.Leaf
	args := fault.Args{
		"not_before": leaf.NotBefore.UTC().Format(time.DateOnly),
		"not_after":  leaf.NotAfter.UTC().Format(time.DateOnly),
	}
	weak := weakness(leaf.PublicKey)
	switch {
	case weak != "":
		return WeakKey.New(fault.Args{"key": weak})
	case !forClients(leaf):
		return WrongKeyUsage.New(nil)
	case issued(leaf, leaf), opened.isForged():
		return WrongIssuer.New(fault.Args{"issuer": Name(leaf.Issuer)})
	case now.Before(leaf.NotBefore):
		return NotYetValid.New(args)
	case now.After(leaf.NotAfter):
		return Expired.New(args)
	}
	return nil
}

// maxName is how much of a name is shown, in characters; the BA's have about 100.
const maxName = 500

// Name writes a distinguished name for people, cut where it is endless. Characters that cannot be seen, of which a file may hold any, are
// replaced: they would reach terminals, and the database cannot keep all of them.
func Name(name pkix.Name) string {
	shown := []rune(name.String())
	if len(shown) > maxName {
		shown = append(shown[:maxName], '…')
	}
	for i, r := range shown {
		if !unicode.IsPrint(r) {
			shown[i] = unicode.ReplacementChar
		}
	}
	return string(shown)
}

// weakness names a key that is too short; nothing for one that is not.
func weakness(key any) string {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSA {
			return fmt.Sprintf("RSA, %d", key.N.BitLen())
		}
	case *ecdsa.PublicKey:
		if size := key.Params().BitSize; size < minCurve {
			return fmt.Sprintf("%s, %d", key.Params().Name, size)
		}
	}
	return ""
}

// forClients reports whether a server that looks at a certificate's usages takes it from a client.
func forClients(leaf *x509.Certificate) bool {
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyAgreement
	if leaf.IsCA || leaf.KeyUsage != 0 && leaf.KeyUsage&signs == 0 {
		return false
	}
	if len(leaf.ExtKeyUsage) == 0 && len(leaf.UnknownExtKeyUsage) == 0 {
		return true
	}
	return slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
}

// isForged reports whether the file holds the leaf's issuer by name, and that one did not sign it.
func (o *Opened) isForged() bool {
	named := false
	for _, other := range o.Chain {
		if signed(other, o.Leaf) {
			return false
		}
		named = named || issued(other, o.Leaf)
	}
	return named
}

// signed reports whether issuer is named as cert's issuer and signed it. A signature that is too old to be checked counts.
func signed(issuer, cert *x509.Certificate) bool {
	if !issued(issuer, cert) {
		return false
	}
	err := issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature)
	_, old := errors.AsType[x509.InsecureAlgorithmError](err)
	return err == nil || old
}

// issued reports whether cert names issuer as its issuer; the signature is not looked at.
func issued(issuer, cert *x509.Certificate) bool {
	return bytes.Equal(issuer.RawSubject, cert.RawIssuer)
}
