# One run on many agents.
#
#   nomad var put nomad/jobs/smtpgauge SMTPGAUGE_TOKEN=$(openssl rand -hex 32)
#   nomad job run -var scenario="$(cat relay.yaml)" -var coordinator=10.0.0.10 deploy/nomad/smtpgauge.nomad.hcl
#   nomad alloc logs -f -job smtpgauge coordinator

variable "scenario" {
  type        = string
  description = "the text of the scenario file"
}

variable "coordinator" {
  type        = string
  description = "the address of the node that the coordinator runs on, as the agents reach it"
}

variable "agents" {
  type        = number
  default     = 2
  description = "how many agents make the load"
}

variable "may_load" {
  type        = list(string)
  default     = []
  description = "hosts with public addresses that the agents may load"
}

variable "image" {
  type    = string
  default = "smtpgauge:dev"
}

job "smtpgauge" {
  type = "batch"

  group "coordinator" {
    count = 1

    constraint {
      attribute = "${attr.unique.network.ip-address}"
      value     = var.coordinator
    }

    # A second coordinator would run the scenario twice.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    network {
      port "bus" {
        static = 4222
      }
    }

    task "coordinator" {
      driver       = "docker"
      user         = "65532:65532"
      kill_timeout = "60s"

      config {
        image           = var.image
        args            = ["run", "/local/scenario.yaml", "--agents=${var.agents}", "--listen=0.0.0.0:4222", "--output=/alloc/data/run.jsonl"]
        ports           = ["bus"]
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        readonly_rootfs = true
      }

      # The delimiters are such as no scenario has, for its text to stay as it is.
      template {
        data            = var.scenario
        destination     = "local/scenario.yaml"
        change_mode     = "noop"
        left_delimiter  = "<<<<"
        right_delimiter = ">>>>"
      }

      # Each item is a variable: the token, and what the scenario has as $${env:NAME}.
      template {
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/smtpgauge" }}{{ range .Tuples }}{{ .K }}={{ .V | toJSON }}
          {{ end }}{{ end }}
        EOT
        destination = "secrets/coordinator.env"
        env         = true
        change_mode = "noop"
      }

      resources {
        cpu    = 500
        memory = 512
      }
    }
  }

  group "agents" {
    count = var.agents

    # A lost agent stays lost: one in its place would load the target once more.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    # Two agents on one node share its cores and its network card.
    spread {
      attribute = "${node.unique.id}"
    }

    task "agent" {
      driver       = "docker"
      user         = "65532:65532"
      kill_timeout = "15s"

      config {
        image           = var.image
        args            = concat(["agent", "--join=smtpgauge://${var.coordinator}:4222", "--once"], [for host in var.may_load : "--i-may-load=${host}"])
        work_dir        = "/alloc/data"
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        readonly_rootfs = true
        # A new connection for each message needs many ports and descriptors.
        sysctl = {
          "net.ipv4.ip_local_port_range" = "1024 65535"
        }
        ulimit {
          nofile = "65536:65536"
        }
      }

      template {
        data        = <<-EOT
          {{ with nomadVar "nomad/jobs/smtpgauge" }}SMTPGAUGE_TOKEN={{ .SMTPGAUGE_TOKEN }}{{ end }}
        EOT
        destination = "secrets/agent.env"
        env         = true
        change_mode = "noop"
      }

      # Cores of its own, so that nothing else throttles it.
      resources {
        cores  = 1
        memory = 512
      }
    }
  }
}
