# Tools are pinned here and nowhere else; go run fetches what is missing.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# Debian packages the integration suite runs against.
SERVERS := postfix dovecot-core dovecot-lmtpd prometheus

GO          ?= go
GOTESTFLAGS ?=
FUZZTIME    ?= 1m
CHAOSTIME   ?= 10m
# Postfix needs root, and so do capturing packets and making networks; nothing
# else here does.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c

.DEFAULT_GOAL := build
.PHONY: help build demo test race check fmt integration browser deploy-test bench-peers truth verdict detect capacity-proof fleet-proof fuzz chaos man clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/smtpgauge
	$(GO) build -o bin/ ./cmd/smtpgauge

demo: build ## compare the four ports on the built-in server, in under 20 s
	@bin/smtpgauge run builtin:four-ports -o bin/demo.jsonl || { \
	bin/smtpgauge show bin/demo.jsonl --format json | grep '"generator-bound: ' >/dev/null && \
	echo "demo: this machine is too busy to measure on, as the verdict says" >&2; }

# Otherwise each program that the race detector watches waits for a second at its end.
test: export GORACE = atexit_sleep_ms=0
test: ## run the tests; GOTESTFLAGS adds flags
	$(GO) test $(GOTESTFLAGS) ./...

race: GOTESTFLAGS += -race -shuffle=on
race: test ## run the tests under the race detector, in random order

check: ## check format, vet, lint and the module file
	@bad=$$(gofmt -s -l .); test -z "$$bad" || { echo "not formatted, run make fmt:"; echo "$$bad"; exit 1; }
	$(GO) vet -tags integration,browser ./...
	$(GO) run $(STATICCHECK) -tags integration,browser ./...
	$(GO) mod tidy -diff

fmt: ## format every file
	gofmt -s -w .

integration: build ## run against Postfix, Dovecot, Prometheus and NATS; installs what is missing
	.ci/packages $(SERVERS)
	$(GO) build -o bin/nats-server github.com/nats-io/nats-server/v2
	$(GO) test -tags integration -count=1 -timeout=10m -v $(if $(SUDO),-exec $(SUDO)) ./internal/integration -args -smtpgauge=$(CURDIR)/bin/smtpgauge -nats-server=$(CURDIR)/bin/nats-server

browser: ## open the pages in headless Chromium; installs it if it is missing
	.ci/packages chromium
	$(GO) test -tags browser -count=1 -run 'Browser|Keyboard' ./results/render

# A module of its own, for its libraries: vet would compile them once more.
deploy-test: build ## check the files in deploy by the libraries of their platforms
	.ci/packages systemd
	cd deploy && $(GO) test -vet=off -count=1 . -args -smtpgauge=$(CURDIR)/bin/smtpgauge

bench-peers: ## measure what a message costs this and other clients; PEERS adds flags, -quick for a short run
	.ci/packages gcc libc6-dev openssl postfix
	$(GO) run ./bench/internal/peers $(PEERS)

truth: ## compare measured times with captured packets; TRUTH adds flags
	.ci/packages gcc libc6-dev
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/smtpgauge ./bench/internal/truth
	$(SUDO) bin/truth -ours bin/smtpgauge $(TRUTH)

verdict: ## count how often good runs are called invalid, and bad ones valid; VERDICT adds flags
	.ci/packages gcc libc6-dev
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/smtpgauge ./bench/internal/verdict
	$(SUDO) bin/verdict -ours bin/smtpgauge $(VERDICT)

detect: ## count how often compare calls noise a change, or misses a change; DETECT adds flags, -only for a part
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/smtpgauge ./bench/internal/detect
	bin/detect -ours bin/smtpgauge $(DETECT)

capacity-proof: ## hold capacity against servers whose capacity is known; PROOF adds flags, -only for a part
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/smtpgauge ./bench/internal/capacityproof
	bin/capacityproof -ours bin/smtpgauge $(PROOF)

fleet-proof: ## hold fleets of agents against what they must come to; FLEET adds flags, -only for a part, -quick
	.ci/packages gcc libc6-dev
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/smtpgauge ./bench/internal/fleetproof
	bin/fleetproof -ours bin/smtpgauge $(FLEET)

fuzz: ## run each fuzz target for FUZZTIME
	@mkdir -p bin
	@$(GO) test -list '^Fuzz' ./... | awk '/^Fuzz/ { t[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, t[i]; n = 0 }' > bin/fuzz-targets
	@while read -r package target; do \
		echo "$$target in $$package"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" </dev/null; \
	done < bin/fuzz-targets

chaos: ## run for CHAOSTIME against a server that misbehaves, under -race; CHAOS adds flags, -chaos.seed N for a seed
	$(GO) test -race -count=1 -timeout=0 -v -run '^TestChaos$$' ./internal/chaos -args -chaos.time $(CHAOSTIME) $(CHAOS)

man: build ## write the manual pages to bin/man
	bin/smtpgauge man bin/man

clean: ## remove what was built
	rm -rf bin
