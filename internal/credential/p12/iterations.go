package p12

import (
	"encoding/asn1"
	"math/big"
)

// Limits on the rounds of key derivation that a file may ask for. GnuTLS and NSS write 600,000 per place, up to 2.4 million in all.
const (
	maxIterations    = 1_000_000
	maxIterationsSum = 4_000_000
)

// maxDepth bounds how deep a file's structure is followed; good files have about 15 levels in sight.
const maxDepth = 32

// tooManyIterations reports whether the counts that can be seen without a PIN are beyond the limits. Counts inside an encrypted part
// cannot be seen; for them a child has its time.
func tooManyIterations(der []byte) bool {
	sum := new(big.Int)
	tooMany := false
	visitIterations(der, 0, func(count *big.Int) {
		sum.Add(sum, count)
		tooMany = tooMany || count.Cmp(big.NewInt(maxIterations)) > 0
	})
	return tooMany || sum.Cmp(big.NewInt(maxIterationsSum)) > 0
}

// visitIterations finds every iteration count in sight. In all the structures that have one (PBE parameters and MacData of RFC 7292,
// PBKDF2-params of RFC 8018, scrypt-params of RFC 7914) it is an INTEGER right behind the OCTET STRING of the salt, and nothing else
// in the file looks so. Octet strings are followed if their content parses, for the parts of a file are packed into them.
func visitIterations(der []byte, depth int, visit func(*big.Int)) {
	afterOctets := false
	for len(der) > 0 && depth < maxDepth {
		var element asn1.RawValue
		rest, err := asn1.Unmarshal(der, &element)
		if err != nil {
			return
		}
		der = rest
		universal := element.Class == asn1.ClassUniversal
		isOctets := universal && element.Tag == asn1.TagOctetString
		if universal && element.Tag == asn1.TagInteger && afterOctets {
			var count *big.Int
			if _, err := asn1.Unmarshal(element.FullBytes, &count); err == nil && count.Sign() > 0 {
				visit(count)
			}
		}
		if element.IsCompound || isOctets {
			visitIterations(element.Bytes, depth+1, visit)
		}
		afterOctets = isOctets
	}
}
