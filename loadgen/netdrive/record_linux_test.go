package netdrive

import "testing"

// In whatever pieces TLS records arrive, no read goes beyond the end of one.
func FuzzRecordReader(f *testing.F) {
	f.Add([]byte{23, 3, 3, 0, 2, 1, 2, 23, 3, 3, 0, 0, 21, 3, 3, 0, 1, 9}, uint8(0))
	f.Add([]byte{23, 3, 3, 0xff, 0xff}, uint8(1))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint8(3))
	f.Fuzz(func(t *testing.T, stream []byte, most uint8) {
		ends := map[int]bool{}
		for at := 0; at+5 <= len(stream); {
			at += 5 + int(stream[at+3])<<8 + int(stream[at+4])
			ends[at] = true
		}
		var r recordReader
		for at := 0; at < len(stream); {
			n := min(r.next(), len(stream)-at)
			if n <= 0 {
				t.Fatalf("nothing to read at %d", at)
			}
			if most > 0 {
				n = min(n, int(most))
			}
			for i := at + 1; i < at+n; i++ {
				if ends[i] {
					t.Fatalf("a read from %d to %d goes over the end of a record at %d", at, at+n, i)
				}
			}
			r.took(stream[at : at+n])
			at += n
		}
	})
}
