# From lines `kernel engine seconds`, the columns in the order of `engines`: the times, then what ours are of the others'.
function ratio(name, column) {
    # Times have three decimals; a native run may be too short for them.
    return time[name, column] > 0 ? time[name, "ours"] / time[name, column] : 0
}

# The geometric mean over the kernels but `without`.
function mean(column, without,    i, sum, count) {
    for (i = 1; i <= kernels; i++)
        if (kernel[i] != without && ratio(kernel[i], column) > 0) {
            sum += log(ratio(kernel[i], column))
            count++
        }
    return count ? exp(sum / count) : 0
}

function head(title,    i) {
    printf "%-30s", title
    for (i = 1; i <= columns; i++) printf "%12s", engine[i]
    print ""
}

function row(title, without,    i) {
    printf "%-30s", title
    for (i = 1; i <= columns; i++) printf "%12.3f", mean(engine[i], without)
    print ""
}

BEGIN { columns = split(engines, engine, " ") }
!(($1, "ours") in time) && $2 == "ours" { kernel[++kernels] = $1 }
{ time[$1, $2] = $3 }

END {
    head("user seconds, medians of " rounds)
    for (k = 1; k <= kernels; k++) {
        printf "%-30s", kernel[k]
        for (i = 1; i <= columns; i++) printf "%12.3f", time[kernel[k], engine[i]]
        print ""
    }
    print ""
    head("ours, as a part of")
    for (k = 1; k <= kernels; k++) {
        printf "%-30s", kernel[k]
        for (i = 1; i <= columns; i++) printf "%12.3f", ratio(kernel[k], engine[i])
        print ""
    }
    row("geometric mean", "")
    if (kernels > 1 && ("memops", "ours") in time) row("geometric mean, no memops", "memops")
}
