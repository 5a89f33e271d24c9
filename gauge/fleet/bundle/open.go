package bundle

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/smtpgauge/smtpgauge/loadgen/mail"
	"github.com/smtpgauge/smtpgauge/scenarios"
)

// Open makes the scenario of a bundle, on the agent, by the agent's own rules. sum is what
// Bundle.Sum returned where the bundle was made. The error says what is wrong with the
// bundle, or which rule it is against; errors.As finds scenarios.Faults in it if the
// scenario cannot be made here.
func Open(data []byte, sum string, r Rules) (*scenarios.Scenario, error) {
	if len(data) > MaxPacked {
		return nil, fmt.Errorf("the scenario came with more than %d MiB: agents take no more", MaxPacked>>20)
	}
	if subtle.ConstantTimeCompare([]byte(sumOf(data)), []byte(sum)) != 1 {
		return nil, errors.New("the scenario came damaged: its checksum is another one")
	}
	m, err := unpack(data)
	if err != nil {
		return nil, fmt.Errorf("the bundle of the scenario cannot be opened: %w", err)
	}
	s, err := scenarios.Rebuild(m.Inputs, scenarios.RebuildOptions{MayLoad: r.MayLoad, Secret: r.secret})
	if err != nil {
		return nil, err
	}
	if scenarioHash(s.Plan()) != m.Scenario {
		return nil, errors.New("the scenario comes to another one here than on the coordinator: the two are different versions of smtpgauge")
	}
	return s, nil
}

// unpack returns the manifest with all contents in its inputs.
func unpack(data []byte) (*manifest, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r := bufio.NewReader(z)
	m, err := readManifest(r)
	if err != nil {
		return nil, err
	}
	in := m.Inputs
	if in.Source, err = content(r, m.Source); err != nil {
		return nil, err
	}
	in.Files, in.Mail = map[string][]byte{}, map[string][]mail.File{}
	for _, f := range m.Files {
		if _, twice := in.Files[f.Name]; twice {
			return nil, fmt.Errorf("%q is in it twice", printable(f.Name))
		}
		if in.Files[f.Name], err = content(r, f.Size); err != nil {
			return nil, err
		}
	}
	for _, f := range m.Mail {
		if _, twice := in.Mail[f.Name]; twice {
			return nil, fmt.Errorf("%q is in it twice", printable(f.Name))
		}
		messages := []mail.File{}
		for _, size := range f.Messages {
			data, err := content(r, size)
			if err != nil {
				return nil, err
			}
			messages = append(messages, mail.File{Name: f.Name, Data: data})
		}
		in.Mail[f.Name] = messages
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more in it than it says")
	}
	return m, nil
}

func readManifest(r *bufio.Reader) (*manifest, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxManifest {
			return nil, errors.New("its list of contents is too long")
		}
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, fmt.Errorf("its list of contents is cut short: %w", err)
		}
	}
	m := &manifest{}
	if err := json.Unmarshal(line, m); err != nil {
		return nil, errors.New("its list of contents is no JSON of this format")
	}
	return m, m.check()
}

// content reads so many octets. What is allocated follows what arrives, not what the
// manifest claims.
func content(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, min(size, 64<<10))
	for read := int64(0); ; {
		n, err := io.ReadFull(r, data[read:])
		if read += int64(n); err != nil {
			return nil, fmt.Errorf("it is cut short, %d octets before the end of a file: %w", size-read, err)
		}
		if read == size {
			return data, nil // and not an octet more, since there may be a million of them
		}
		more := make([]byte, min(size, 4*read))
		copy(more, data)
		data = more
	}
}
