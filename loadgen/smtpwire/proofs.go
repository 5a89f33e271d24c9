package smtpwire

import "sync"

// proofs are the last responses that clients proved to know a password with
// (CRAM-MD5, SCRAM). Each is of use once, to whoever guesses; a server may say
// one to the next session all the same.
type proofs struct {
	mu     sync.Mutex
	recent [64]string
	count  int
	made   *Secrets // of them; nil where one was added since
}

func (p *proofs) add(proof string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.recent[p.count%len(p.recent)] = proof
	p.count++
	p.made = nil
}

// secrets returns them as what no text may say, and nil where there are none.
func (p *proofs) secrets() *Secrets {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil && p.count > 0 {
		p.made = secretsOf(p.recent[:min(p.count, len(p.recent))]...)
	}
	return p.made
}
