{{- define "simple.name" -}}
{{ .Release.Name }}-{{ .Chart.Name }}
{{- end -}}
