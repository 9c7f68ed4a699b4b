using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Reflection;
using NeurDicom.Accounts;

namespace NeurDicom;

internal static partial class SettingsReader
{
    private static void Check(Settings settings, Dictionary<string, Given> values, List<string> problems)
    {
        foreach (var (name, property) in Properties)
        {
            var value = property.GetValue(settings);
            var source = values.TryGetValue(name, out var given) ? given.Source : name;
            foreach (var limit in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!limit.IsValid(value))
                    problems.Add($"{source}: {Describe(limit)}.");
            }

            if (property.GetCustomAttribute<SizeAttribute>() is { } size && value is long bytes && bytes > size.Maximum)
                problems.Add($"{source}: the largest size is {FormatSize(size.Maximum)}.");
        }

        CheckHttps(settings, values, problems);
        if (settings.Address != "localhost" && !IPAddress.TryParse(settings.Address, out _))
            problems.Add($"{values["address"].Source}: '{settings.Address}' is not an IP address or localhost.");
        else if (!settings.RequireAuth && !settings.AllowAnonymousNetwork && !RequestGuard.IsLoopback(settings.Address))
            problems.Add("require_auth: without sign-in the server listens on loopback only, unless "
                + "allow_anonymous_network is set.");
        foreach (var (name, text) in (ReadOnlySpan<(string, string)>)
            [("default_issuer", settings.DefaultIssuer), ("aet", settings.Aet)])
        {
            // LO and AE values, PS3.5 6.2: a backslash would make two of one.
            if (text.Any(c => char.IsControl(c) || c == '\\'))
                problems.Add($"{values[name].Source}: control characters and backslashes cannot stand in it.");
        }

        if (settings.MaxUpload > settings.MaxRequest)
            problems.Add("max_upload: an instance cannot be larger than max_request.");
        foreach (var origin in settings.CorsOrigins)
        {
            // The form in which browsers send it, RFC 6454 6.2; "*" is everybody, never with credentials.
            if (origin == "*")
                continue;
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.GetLeftPart(UriPartial.Authority) != origin)
                problems.Add(
                    $"{values["cors_origins"].Source}: '{origin}' is not an origin such as https://viewer.example.");
        }
    }

    private static void CheckHttps(Settings settings, Dictionary<string, Given> values, List<string> problems)
    {
        if (settings.Certificate.Length == 0)
        {
            foreach (var name in (string[])["certificate_key", "certificate_password_file"])
            {
                if (values.TryGetValue(name, out var given) && given.Text.Length > 0)
                    problems.Add($"{given.Source}: there is no certificate that it belongs to.");
            }
        }

        // RFC 6797 8.4: behind it no browser lets anybody go on with a certificate that it does not trust.
        if (settings.Hsts && (settings.HttpsPort is null || settings.Certificate.Length == 0))
            problems.Add($"{values["hsts"].Source}: it needs https_port and a certificate that browsers trust.");
        if (settings.HttpsPort is > 0 && settings.HttpsPort == settings.RestPort)
            problems.Add($"{values["https_port"].Source}: plain HTTP is served on this port (rest_port).");
    }

    private static string Describe(ValidationAttribute limit)
    {
        return limit switch
        {
            RangeAttribute range => $"the value lies from {range.Minimum} to {range.Maximum}",
            StringLengthAttribute length => $"the text has {length.MinimumLength} to {length.MaximumLength} characters",
            _ => limit.FormatErrorMessage("the value"),
        };
    }
}
