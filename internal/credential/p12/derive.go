package p12

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // what the files are made with
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"hash"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// Limits on the rounds of key derivation that one file may take. GnuTLS and NSS write 600,000 per place, up to 2.4 million in all.
const (
	maxIterations    = 1_000_000
	maxIterationsSum = 4_000_000
)

// budget is how many rounds a file has taken. Every derivation is paid for before it begins, wherever in the file it is asked for, so a
// hostile count costs nothing, even one that an encrypted part hides.
type budget struct{ spent int }

// spend takes rounds, or returns why not.
func (b *budget) spend(rounds int) *fault.Code {
	switch {
	case rounds < 1:
		return Corrupt
	case rounds > maxIterations || b.spent+rounds > maxIterationsSum:
		return HostileIterations
	}
	b.spent += rounds
	return nil
}

// What the bytes for which a key is derived are for (RFC 7292, appendix B.3).
const (
	forKey byte = iota + 1
	forIV
	forMAC
)

// deriveOld is the key derivation of PKCS#12 itself (RFC 7292, appendix B.2).
func deriveOld(newHash func() hash.Hash, password, salt []byte, rounds int, purpose byte, size int) []byte {
	h := newHash()
	block := h.BlockSize()
	diversifier := bytes.Repeat([]byte{purpose}, block)
	state := append(repeated(salt, block), repeated(password, block)...)
	var derived []byte
	for {
		h.Reset()
		h.Write(diversifier)
		h.Write(state)
		sum := h.Sum(nil)
		for range rounds - 1 {
			h.Reset()
			h.Write(sum)
			sum = h.Sum(sum[:0])
		}
		if derived = append(derived, sum...); len(derived) >= size {
			return derived[:size]
		}
		addend := repeated(sum, block)[:block]
		for at := 0; at < len(state); at += block {
			addOne(state[at:at+block], addend)
		}
	}
}

// repeated repeats a pattern until it fills whole blocks; nothing stays nothing.
func repeated(pattern []byte, block int) []byte {
	if len(pattern) == 0 {
		return nil
	}
	size := (len(pattern) + block - 1) / block * block
	return bytes.Repeat(pattern, size/len(pattern)+1)[:size]
}

// addOne adds addend and one to a number, both big-endian and of the same size.
func addOne(number, addend []byte) {
	carry := 1
	for i := len(number) - 1; i >= 0; i-- {
		sum := int(number[i]) + int(addend[i]) + carry
		number[i], carry = byte(sum), sum>>8
	}
}

// Object identifiers of hashes, as check sums name them, and of HMACs, as PBKDF2 does.
var (
	hashes = []struct {
		digest, hmac asn1.ObjectIdentifier
		new          func() hash.Hash
	}{
		{oid(1, 3, 14, 3, 2, 26), oid(1, 2, 840, 113549, 2, 7), sha1.New},
		{oid(2, 16, 840, 1, 101, 3, 4, 2, 4), oid(1, 2, 840, 113549, 2, 8), sha256.New224},
		{oid(2, 16, 840, 1, 101, 3, 4, 2, 1), oid(1, 2, 840, 113549, 2, 9), sha256.New},
		{oid(2, 16, 840, 1, 101, 3, 4, 2, 2), oid(1, 2, 840, 113549, 2, 10), sha512.New384},
		{oid(2, 16, 840, 1, 101, 3, 4, 2, 3), oid(1, 2, 840, 113549, 2, 11), sha512.New},
	}
	oidPBKDF2 = oid(1, 2, 840, 113549, 1, 5, 12)
)

func oid(parts ...int) asn1.ObjectIdentifier { return parts }

func hashOfDigest(id asn1.ObjectIdentifier) (func() hash.Hash, *fault.Code) {
	for _, known := range hashes {
		if known.digest.Equal(id) {
			return known.new, nil
		}
	}
	return nil, UnsupportedEncryption
}

func hashOfHMAC(id asn1.ObjectIdentifier) (func() hash.Hash, *fault.Code) {
	for _, known := range hashes {
		if known.hmac.Equal(id) {
			return known.new, nil
		}
	}
	return nil, UnsupportedEncryption
}

// algorithm is an AlgorithmIdentifier: an id, and parameters that depend on it.
type algorithm struct {
	id         asn1.ObjectIdentifier
	parameters cryptobyte.String
}

func readAlgorithm(from *cryptobyte.String, to *algorithm) bool {
	var sequence cryptobyte.String
	if !from.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1ObjectIdentifier(&to.id) {
		return false
	}
	to.parameters = sequence
	return true
}

// pbkdf2Params are the parameters of PBKDF2 (RFC 8018, appendix A.2).
type pbkdf2Params struct {
	salt   []byte
	rounds int
	// size is 0 where it is left to the cipher.
	size int
	hash func() hash.Hash
}

// readPBKDF2 reads a key derivation function, which must be PBKDF2: of the others, scrypt takes as much memory as a file likes.
func readPBKDF2(from *cryptobyte.String) (pbkdf2Params, *fault.Code) {
	var kdf algorithm
	if !readAlgorithm(from, &kdf) {
		return pbkdf2Params{}, Corrupt
	}
	if !kdf.id.Equal(oidPBKDF2) {
		return pbkdf2Params{}, UnsupportedEncryption
	}
	var sequence, salt cryptobyte.String
	p := pbkdf2Params{hash: sha1.New}
	if !kdf.parameters.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1(&salt, cbasn1.OCTET_STRING) || !readRounds(&sequence, &p.rounds) {
		return pbkdf2Params{}, Corrupt
	}
	p.salt = salt
	if sequence.PeekASN1Tag(cbasn1.INTEGER) && !sequence.ReadASN1Integer(&p.size) {
		return pbkdf2Params{}, Corrupt
	}
	if sequence.Empty() {
		return p, nil
	}
	var prf algorithm
	if !readAlgorithm(&sequence, &prf) {
		return pbkdf2Params{}, Corrupt
	}
	var code *fault.Code
	p.hash, code = hashOfHMAC(prf.id)
	return p, code
}

// readRounds reads a count of rounds; one that no int holds becomes one beyond every limit.
func readRounds(from *cryptobyte.String, to *int) bool {
	if from.ReadASN1Integer(to) {
		return true
	}
	var huge cryptobyte.String
	*to = maxIterationsSum + 1
	return from.ReadASN1(&huge, cbasn1.INTEGER)
}

// derive derives a key of size bytes.
func (p pbkdf2Params) derive(rounds *budget, password []byte, size int) ([]byte, *fault.Code) {
	if code := rounds.spend(p.rounds); code != nil {
		return nil, code
	}
	key, err := pbkdf2.Key(p.hash, string(password), p.salt, p.rounds, size)
	if err != nil {
		return nil, UnsupportedEncryption
	}
	return key, nil
}
