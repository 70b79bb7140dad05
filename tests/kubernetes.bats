#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The manifests in deploy/kubernetes: whole, and of one mind with the table of addresses.

bats_require_minimum_version 1.5.0
load helper

prepare() {
	python3 -c 'import sys, json, yaml
for path in sys.argv[1:]:
    for d in yaml.safe_load_all(open(path)):
        print(json.dumps(d))' "$ROOT"/deploy/kubernetes/*.yaml >all
	jq -c 'select(.kind != "Kustomization")' all >objects
	# A container a line, with what its pod has.
	jq -c 'select(.spec.template) | .kind as $kind | .metadata.name as $of | .spec as $spec | .spec.template as $pod
		| .spec.template.spec.containers[] | {kind: $kind, of: $of, spec: $spec, pod: $pod, container: .}' objects >containers
}

# only FILTER: no object of `objects`, or of the file that follows, is refused by FILTER.
only() {
	jq -c "select($1 | not)" "${2:-objects}" >refused
	[ ! -s refused ] || fail "not $1: $(head -c 1000 refused)"
}

@test "they are as they are written from the table, and all of them are applied" {
	"$ROOT/deploy/kubernetes/generate" new
	run diff -r -x generate -x measure -x README.md new "$ROOT/deploy/kubernetes"
	assert_success
	assert_equal "$(jq -r 'select(.kind == "Kustomization").resources[]' all | sort)" \
		"$(cd new && printf '%s\n' *.yaml | grep -v '^\(kustomization\|namespace\)' | sort)"
	assert_equal "$(jq -r '"\(.kind) \(.metadata.name)"' objects | sort | uniq -d)" ""
}

@test "at each address of the table is a service, and behind it a container of that stage's image" {
	version=$(sed -n '1s/^Souk //p' "$ROOT/NEWS")
	while read -r -a words; do
		address=${words[-1]} host=${words[-1]%:*} function=${words[0]#souk-}
		service=$(jq -c --arg name "$host" 'select(.kind == "Service" and .metadata.name == $name).spec' objects)
		assert_equal "$(jq -c '.ports | map(.port)' <<<"$service")" "[${address##*:}]"
		jq -c --argjson service "$service" '
			select(.pod.metadata.labels as $l | $service.selector | to_entries | all($l[.key] == .value))
			| select([.container.ports[].name] | index($service.ports[0].targetPort))
			| {kind, container, port: (.container.ports[] | select(.name == $service.ports[0].targetPort).containerPort)}
			' containers >found
		assert_equal "$(jq -r '"\(.container.name) \(.container.image)"' found)" "$host souk-$function:$version"
		run jq -r '.container | "\(.args | .[index("--"):] | join(" "))"' found
		assert_output -- "-- /bin/${words[*]::${#words[@]}-1}"
		only '":\(.port)" == .container.args[1]' found
		# Those that only compute are two, and without a server's address in between.
		if grep -q "[[:space:]]$host-2:" "$ROOT/deploy/addresses-two"; then
			assert_equal "$(jq -r .kind found) $(jq -r .clusterIP <<<"$service")" "Deployment None"
		elif [ -e "$ROOT/cmd/$function/schema.sql" ]; then
			assert_equal "$(jq -r .kind found)" StatefulSet
		fi
	done < <(grep -v '^#\|^$' "$ROOT/deploy/addresses")
	assert_equal "$(jq -r 'select(.container.name != "shop").container.name' containers | sort)" \
		"$(grep -v '^#\|^$' "$ROOT/deploy/addresses" | sed 's/.* \(.*\):.*/\1/' | sort)"
	# Ports of a pod are one container's each.
	assert_equal "$(jq -r '.of as $of | .container.ports[] | "\($of) \(.containerPort)"' containers | sort | uniq -d)" ""
}

@test "every pod is locked in, probed, and has requests and limits" {
	only '.pod.spec.automountServiceAccountToken == false' containers
	only '.pod.spec.securityContext | .runAsNonRoot and .runAsUser == 65532 and .fsGroup == 65532 and
		.seccompProfile.type == "RuntimeDefault"' containers
	only '.container.securityContext == {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true,
		capabilities: {drop: ["ALL"]}}' containers
	only '.container.resources | .requests.cpu and .requests.memory and .limits.cpu and .limits.memory' containers
	only '.container | .args[3] as $metrics | [.startupProbe, .readinessProbe, .livenessProbe]
		| all(.exec.command == ["/bin/souk-serve", "--probe", "127.0.0.1\($metrics)"])' containers
	only '.spec.selector.matchLabels as $s | .pod.metadata.labels | contains($s)' containers
	only '.spec.replicas == (if .kind == "StatefulSet" then 1 else 2 end)' containers
	[ "$(jq -r 'select(.kind == "Namespace").metadata.labels["pod-security.kubernetes.io/enforce"]' objects)" = restricted ]
}

@test "nobody reaches a service but the entry, and no service reaches anybody" {
	jq -c 'select(.kind == "NetworkPolicy")' objects >policies
	only '.spec.policyTypes == ["Ingress", "Egress"]' policies
	only '(.spec.egress == null) or .metadata.name == "shop"' policies
	only '(.spec.ingress == null) or .metadata.name == "shop" or
		(.spec.ingress | length == 1 and (.[0].from == [{podSelector: {matchLabels: {"app.kubernetes.io/name": "shop"}}}]))' policies
	only '.metadata.name != "default" or .spec == {podSelector: {}, policyTypes: ["Ingress", "Egress"]}' policies
	# The ports that are let in are those of the containers.
	while read -r name ports; do
		assert_equal "$name $(jq -c --arg name "$name" 'select(.spec.podSelector.matchLabels["app.kubernetes.io/name"] == $name)
			| [.spec.ingress[].ports[].port]' policies)" "$name $ports"
	done < <(jq -rs 'group_by(.of)[] | "\(.[0].of) \([.[].container.ports[0].containerPort] | tojson)"' containers)
}

@test "a function's stages share its tables on one machine, and no other's" {
	jq -c 'select(.kind == "PersistentVolumeClaim").metadata.name,
		(select(.kind == "StatefulSet") | "tables-\(.metadata.name)-0")' objects | sort >claims
	jq -c '.pod.spec.volumes[]?.persistentVolumeClaim.claimName, (select(.kind == "StatefulSet") | "tables-\(.of)-0")' containers |
		sort -u >mounted
	diff claims mounted
	# shellcheck disable=SC2016 # of jq
	only '.pod.metadata.labels["app.kubernetes.io/component"] as $f | (.pod.spec.volumes // [])
		| all(.persistentVolumeClaim.claimName | . == "tables-\($f)" or . == "tables-\($f)-books-0")' containers
	only '(.container.volumeMounts == null) or (.pod.metadata.labels["app.kubernetes.io/component"] as $f
		| .pod.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]
		| .topologyKey == "kubernetes.io/hostname" and .labelSelector.matchLabels == {"app.kubernetes.io/component": $f})' containers
	for function in $(jq -r '.container | select(.volumeMounts | not).image | sub("souk-"; "") | sub(":.*"; "")' containers); do
		[ ! -e "$ROOT/cmd/$function/schema.sql" ] || fail "$function has tables and no volume"
	done
}
