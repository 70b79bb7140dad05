# SPDX-License-Identifier: ISC
# Loaded by the benches on real invoices, whole months of them, after common.bash:
# `furnish [FOLDER]` makes a shop for the months in it, or for the demo shop's December.
pipelines=$ROOT/pipelines reference=$ROOT/tests/reference
export PATH="$pipelines:$PATH"

# Sets `months`, their files, and `data`, where catalogue, prices, rates and receipts are.
furnish() {
	local function file
	if [ $# -gt 0 ]; then
		months=("$1"/[0-9][0-9][0-9][0-9]-[0-9][0-9].csv.gz)
		data=$WORK
		cp "$ROOT/data/tax-rates.ndjson" .
		python3 "$ROOT/data/build.py" --out . "${months[@]}" >built
	else
		months=("$ROOT/data/orders-2010-12.csv.gz")
		data=$ROOT/data
	fi
	for function in catalog price tax; do
		case $function in catalog) file=catalog ;; price) file=prices ;; tax) file=tax-rates ;; esac
		"souk-$function" put <"$data/$file.ndjson" >>put.log
	done
	souk-stock receive <"$data/stock.ndjson" >>put.log
	if grep -m1 '"error"' put.log; then return 1; fi
}

rate() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%.2f s %6d/s", s, n / s }'; }
count() { wc -l <"$1" | tr -d ' '; }
