#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The manifests in deploy/kubernetes against the types of Kubernetes' API, and the commands in them.

bats_require_minimum_version 1.5.0
load ../helper

teardown() {
	local pid
	for pid in $(cat pids 2>/dev/null); do kill "$pid" 2>/dev/null || true; done
	wait
}

# objects FILE...: of manifests, as one array of JSON.
objects() {
	python3 -c 'import sys, json, yaml
print(json.dumps([d for p in sys.argv[1:] for d in yaml.safe_load_all(open(p)) if d]))' "$@"
}

# As TypeScript: a member that the API does not know is an error then, and what its types do not
# say (the form of a quantity) its schemas do.
# shellcheck disable=SC2016 # of jq
typed='(map("import {\(.kind) as \(.kind)_, type I\(.kind)} from \"kubernetes-models/\(.apiVersion)\";") | unique[]),
	(to_entries[] | "const d\(.key): I\(.value.kind) = \(.value);", "new \(.value.kind)_(d\(.key)).validate();")'

checked() {
	jq -r "$typed" >check.ts
	node_modules/.bin/tsc --strict --skipLibCheck --module nodenext --target es2022 check.ts && node check.js
}

@test "what kustomize makes of them is as Kubernetes' API wants it" {
	kubectl kustomize "$ROOT/deploy/kubernetes" >applied.yaml
	jq -s add <(objects applied.yaml) <(objects "$ROOT/deploy/kubernetes/namespace.yaml") >applied
	jq -e 'all(.kind == "Namespace" or .metadata.namespace == "souk")' applied
	diff <(objects "$ROOT"/deploy/kubernetes/*.yaml | jq -r '.[] | "\(.kind) \(.metadata.name)"' | grep -v Kustomization | sort) \
		<(jq -r '.[] | "\(.kind) \(.metadata.name)"' applied | sort)
	npm install --no-fund --no-audit --no-save --ignore-scripts kubernetes-models@5.1.0 typescript@5 >log 2>&1 || fail "$(tail log)"
	echo '{"type":"module"}' >package.json
	run checked <applied
	assert_success
	assert_output ""
	# It is no check if it finds nothing.
	run checked < <(jq '(.[] | select(.kind == "Deployment").spec.replica) = 3' applied)
	assert_failure
	assert_output --partial '"replica"'
	run checked < <(jq '(.[] | select(.kind == "StatefulSet").spec.template.spec.containers[0].resources.limits.memory) = "9Mx"' applied)
	assert_failure
	assert_output --partial 'must match format "quantity"'
}

@test "their commands run here, each pod at an address of its own, and an order goes through them" {
	net=127.$((RANDOM % 255)).$((RANDOM % 255))
	objects "$ROOT"/deploy/kubernetes/*.yaml | jq -c '.[] | select(.spec.template)' >pods
	mkdir tables
	export SOUK_DB=$PWD/tables
	for file in catalog:catalog price:prices promo:promotions ship:shipping tax:tax-rates; do
		"souk-${file%:*}" put -e <"$SOUK_DATA/${file#*:}.ndjson" >put
	done
	souk-stock receive -e <"$SOUK_DATA/stock.ndjson" >put
	# Where the services of the table are then.
	objects "$ROOT"/deploy/kubernetes/*.yaml | jq -r '.[] | select(.kind == "Service")
		| "\(.metadata.name) \(.spec.selector["app.kubernetes.io/name"]) \(.spec.ports[0].targetPort | sub("lines-"; ""))"' >services
	cp "$ROOT/deploy/addresses" addresses
	while read -r name pod port; do
		number=$(grep -n "\"name\":\"$pod\",\"labels\"" pods | head -n 1 | cut -d : -f 1)
		sed -i "s/\([[:space:]]\)$name:7000$/\1$net.$number:$port/" addresses
	done <services
	[ "$(grep -c "$net" addresses)" -eq "$(grep -vc '^#\|^$' addresses)" ]
	while read -r pod; do
		number=$(grep -nFx -- "$pod" pods | cut -d : -f 1)
		while read -r container; do
			mapfile -t words < <(jq -r '(.command + .args)[]' <<<"$container" |
				sed "s#^/bin/#$SOUK_BIN/#; s#^:#$net.$number:#; s#/share/souk/addresses#$PWD/addresses#")
			"${words[@]}" 2>>log 3>&- &
			echo $! >>pids
			jq -r '[.startupProbe, .readinessProbe, .livenessProbe][].exec.command | join(" ")' <<<"$container" |
				sed "s#^/bin/#$SOUK_BIN/#; s#127\.0\.0\.1#$net.$number#" | sort -u >>probes
		done < <(jq -c '.spec.template.spec.containers[]' <<<"$pod")
	done <pods
	assert_equal "$(wc -l <probes)" "$(wc -l <pids)"
	while read -r -a probe; do
		tries=200
		until "${probe[@]}" >probed 2>&1; do
			[ $((tries -= 1)) -gt 0 ] || fail "${probe[*]}: $(cat probed log)"
			sleep 0.1
		done
	done <probes
	shop=$(grep -n '"name":"shop","labels"' pods | cut -d : -f 1)
	run socat -t 30 - "TCP:$net.$shop:7000" <"$SOUK_DATA/web-order.ndjson"
	assert_equal "$(jq -c '[.id, .order, .total.total]' <<<"$output")" '["web-1",{"state":"placed","closed":true},3882]'
}
