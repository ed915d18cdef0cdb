#!/usr/bin/env bash
# Predicts and scores the final sets: final_sets.sh DATA CHECKPOINT RESULTS/TEAM [FACTOR…]
#
# DATA is the folder of DATASET.toml. Each cell type is predicted once, with all its factors; what is there already is kept.
# Where DATA/labels/FACTOR.test.labels.tsv.gz is at hand, the submission is scored. EBERT and PREDICT name the commands:
#     PREDICT='torchrun --standalone --nproc-per-node 4 -m ebert_core predict' final_sets.sh …
set -euo pipefail
if [[ $# -lt 3 ]]; then
    echo "usage: final_sets.sh DATA CHECKPOINT RESULTS/TEAM [FACTOR…]" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
data=$1 checkpoint=$2 team=$3
wanted=" ${*:4} "
ebert=${EBERT:-ebert}
predict=${PREDICT:-$ebert predict}
mkdir -p "$team"

sets=$(tail -n +2 "$here/final_sets.tsv")
for cell in $(cut -f2 <<< "$sets" | sort -u); do
    factors=()
    for factor in $(awk -F'\t' -v cell="$cell" '$2 == cell { print $1 }' <<< "$sets"); do
        if [[ $# -lt 4 || $wanted == *" $factor "* ]] && [[ ! -e $team/F.$factor.$cell.tab.gz ]]; then
            factors+=(--factor "$factor")
        fi
    done
    if [[ ${#factors[@]} -gt 0 ]]; then
        $predict "$checkpoint" "$data/DATASET.toml" --cell-type "$cell" "${factors[@]}" \
            --regions "$data/annotations/test_regions.blacklistfiltered.bed.gz" \
            --output "$team/F.{factor}.{cell_type}.tab.gz"
    fi
done

while IFS=$'\t' read -r factor cell _; do
    labels=$data/labels/$factor.test.labels.tsv.gz submission=$team/F.$factor.$cell
    if [[ -e $submission.tab.gz && ! -e $labels ]]; then
        echo "$submission.tab.gz is not scored: there is no $labels" >&2
    fi
    if [[ -e $labels && -e $submission.tab.gz && ! -e $submission.json ]]; then
        $ebert dream score "$labels" "$submission.tab.gz" --chromosomes chr1 chr8 chr21 \
            --output "$submission.json"
    fi
done <<< "$sets"
