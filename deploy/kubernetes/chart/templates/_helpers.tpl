{{- define "smtpgauge.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "smtpgauge.selector" -}}
app.kubernetes.io/name: smtpgauge
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "smtpgauge.labels" -}}
{{ include "smtpgauge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "smtpgauge.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "smtpgauge.secret" -}}
{{ .Values.secret.existing | default (include "smtpgauge.name" .) }}
{{- end -}}

{{/* A pod that runs once: what the coordinator and the agents have in common. */}}
{{- define "smtpgauge.pod" -}}
restartPolicy: Never
automountServiceAccountToken: false
# Otherwise each Service of the namespace puts variables into the environment.
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "smtpgauge.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "smtpgauge.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Egress to the DNS servers of the cluster, and to the cache on each node. */}}
{{- define "smtpgauge.names" -}}
- to:
    - namespaceSelector:
        matchLabels: {kubernetes.io/metadata.name: kube-system}
    - ipBlock: {cidr: 169.254.20.10/32}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{/* Egress to the NATS cluster, if there is one. */}}
{{- define "smtpgauge.nats" -}}
- to:
    {{- if not .Values.nats.cidrs }}
    {{- fail "nats.cidrs: name the networks of nats.url, or set networkPolicy.enabled=false" }}
    {{- end }}
    {{- range .Values.nats.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    - {protocol: TCP, port: {{ regexFind "[0-9]+$" .Values.nats.url }}}
{{- end -}}

{{/* The flags that lead to the NATS cluster, for both sides. */}}
{{- define "smtpgauge.natsFlags" -}}
- --nats={{ .Values.nats.url }}
{{- if .Values.nats.credentials }}
- --nats-creds=/nats/credentials/nats.creds
{{- end }}
{{- if .Values.nats.ca }}
- --nats-ca=/nats/ca/ca.crt
{{- end }}
{{- end -}}

{{- define "smtpgauge.natsMounts" -}}
{{- if .Values.nats.credentials }}
- {name: nats-credentials, mountPath: /nats/credentials, readOnly: true}
{{- end }}
{{- if .Values.nats.ca }}
- {name: nats-ca, mountPath: /nats/ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "smtpgauge.natsVolumes" -}}
{{- if .Values.nats.credentials }}
- name: nats-credentials
  secret: {secretName: {{ .Values.nats.credentials }}}
{{- end }}
{{- if .Values.nats.ca }}
- name: nats-ca
  secret: {secretName: {{ .Values.nats.ca }}}
{{- end }}
{{- end -}}
