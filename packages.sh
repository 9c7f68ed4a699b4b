# Sourced by run and test: what is wanted of the system, and how it comes.

declare -A package_purpose=(
    [libsqlite3-0]="the index (without it an older engine that ships with the program is used)"
    [libturbojpeg0]="JPEG pictures (without it pictures are PNG)"
    [dcmtk]="tests against an independent DICOM toolkit"
    [python3-pydicom]="tests against an independent DICOM toolkit"
    [python3-nibabel]="tests against an independent reader of volumes"
    [dicom3tools]="tests against an independent validator"
    [unzip]="tests that archives are read by other programs"
    [strace]="the test that an answer never precedes the flush of its bytes"
    [chromium]="the tests of the pages in a browser"
    [bsdutils]="the test of progress bars on a terminal"
    [curl]="the walk through the README"
    [orthanc]="the benchmark beside another archive"
    [wrk]="the benchmark of the framework"
)

installed() {
    [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == "install ok installed" ]]
}

# want_packages NAME…: installs with apt-get what is missing and may be installed, and says so; otherwise says what to
# type. Never fails: what depends on a missing package says so itself. NO_INSTALL=1 leaves the system as it is.
want_packages() {
    local missing=() name
    for name in "$@"; do installed "$name" || missing+=("$name"); done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local as_root=()
    if [[ $(id -u) != 0 ]]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
    fi

    if [[ -z ${NO_INSTALL:-} && ${as_root[*]} != false ]] && command -v apt-get >/dev/null; then
        printf 'Installing %s …\n' "${missing[*]}" >&2
        if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive sh -c \
            'apt-get install -y --no-install-recommends "$@" || { apt-get update -qq && apt-get install -y --no-install-recommends "$@"; }' \
            sh "${missing[@]}" >/dev/null 2>&1 </dev/null; then
            return 0
        fi
    fi

    printf 'These Debian packages are missing and could not be installed from here:\n' >&2
    for name in "${missing[@]}"; do printf '  %-18s %s\n' "$name" "${package_purpose[$name]:-}" >&2; done
    printf 'To install them:  sudo apt-get install %s\n' "${missing[*]}" >&2
}
