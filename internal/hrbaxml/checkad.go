package hrbaxml

// CheckAd judges one ad against the release's schema before it is saved or written: places, numbers, values and characters. It
// returns nothing for an ad that the schema permits. Each violation names the element, its place in the ad and, for lengths, the
// numbers, so that the caller can find words of its own.
func CheckAd(ad Ad, release *Release) []Violation {
	var c adChecker
	c.text = c.short[:0]
	c.track = tracker{release: release, report: c.add, stack: make([]frame, 0, 16)}
	c.track.stack = append(c.track.stack,
		frame{id: File, nth: 1, place: -1}, frame{id: FileData, nth: 1, place: -1}, frame{id: Posting, nth: 1, place: -1})
	posting := len(c.track.stack)
	for i := range ad {
		c.index = i
		if c.track.step(Posting, ad[i]) {
			c.value(ad[i].Text)
		}
	}
	c.index = len(ad)
	for len(c.track.stack) >= posting {
		c.track.close()
	}
	return c.found
}

type adChecker struct {
	track tracker
	found []Violation
	// index is the place in the ad.
	index int
	// text is the value as bytes, kept for its memory, which is that of short for most.
	text  []byte
	short [64]byte
}

func (c *adChecker) value(s string) {
	r := &c.track.release.rows[c.track.top().id]
	if bad := forbiddenCharacter(s); bad != "" {
		c.addHere(Violation{Reason: ForbiddenCharacter, Detail: bad})
	} else if !r.takesAny(len(s)) {
		c.text = append(c.text[:0], s...)
		if v, ok := r.check(c.text); !ok {
			c.addHere(v)
		}
	}
	c.track.close()
}

// addHere adds a violation about the innermost open element.
func (c *adChecker) addHere(v Violation) {
	v.ID, v.Path = c.track.top().id, c.track.here()
	c.add(v)
}

func (c *adChecker) add(v Violation) {
	v.Index = c.index
	c.found = append(c.found, v)
}
