package p12

import (
	"encoding/asn1"
	"math/big"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// Limits on the rounds of key derivation that a file may ask for. GnuTLS and NSS write 600,000 per place: NSS for the check sum and twice for
// each identity, so a handful of them has several million in all. What that takes on a slow machine is bounded by a child's time alone.
const (
	maxIterations    = 1_000_000
	maxIterationsSum = 10_000_000
)

// checkIterations judges the counts that can be seen without a PIN. Counts inside an encrypted part cannot be seen; for them a child has
// its time.
func checkIterations(der []byte) *fault.Code {
	most, mostInAll, sum := big.NewInt(maxIterations), big.NewInt(maxIterationsSum), new(big.Int)
	var code *fault.Code
	visitIterations(der, 0, func(count *big.Int) {
		switch {
		case code != nil:
		case count == nil || count.Sign() < 1:
			code = Corrupt
		case count.Cmp(most) > 0 || sum.Add(sum, count).Cmp(mostInAll) > 0:
			code = HostileIterations
		}
	})
	return code
}

// visitIterations finds every iteration count in sight; one that is no number is nil. In all the structures that have one (PBE parameters
// and MacData of RFC 7292, PBKDF2-params of RFC 8018, scrypt-params of RFC 7914) it is an INTEGER right behind the OCTET STRING of the
// salt, and nothing else in the file looks so. Octet strings that are one sequence are followed, for the parts of a file are packed into
// them. Like the decoder, it takes a salt of another class than it should have.
func visitIterations(der []byte, depth int, visit func(*big.Int)) {
	var before asn1.RawValue
	for len(der) > 0 && depth < maxDepth {
		var element asn1.RawValue
		rest, err := asn1.Unmarshal(der, &element)
		if err != nil {
			return
		}
		der = rest
		if before.Tag == asn1.TagOctetString && element.Tag == asn1.TagInteger && element.Class == asn1.ClassUniversal {
			count := numberOf(element)
			// PBMAC1 has its own count, and some programs leave the old fields empty.
			if unused := len(before.Bytes) == 0 && count != nil && count.Sign() == 0; !unused {
				visit(count)
			}
		}
		if element.IsCompound || element.Tag == asn1.TagOctetString && isSequence(element.Bytes) {
			visitIterations(element.Bytes, depth+1, visit)
		}
		before = element
	}
}

// numberOf returns an integer of any size, or nothing for one that is none.
func numberOf(element asn1.RawValue) *big.Int {
	var number *big.Int
	if _, err := asn1.Unmarshal(element.FullBytes, &number); err != nil {
		return nil
	}
	return number
}

func isSequence(der []byte) bool {
	var element asn1.RawValue
	rest, err := asn1.Unmarshal(der, &element)
	return err == nil && len(rest) == 0 && element.Class == asn1.ClassUniversal && element.Tag == asn1.TagSequence
}
