using Microsoft.AspNetCore.Http;

namespace NeurDicom.Accounts;

/// <summary>Decides who asks and whether they may; called before every verb.</summary>
internal sealed class Authentication(RequestGuard guard, bool requireAuth)
{
    /// <summary>
    /// 1. The Host and the origin are checked. 2. Who asks is found out. 3. Their role is held against the handler's.
    /// </summary>
    public async ValueTask<Admission> AdmitAsync(HttpContext http, Type handler, CancellationToken cancel)
    {
        if (guard.Refuse(http.Request) is { } reason)
            return Admission.Refuse(StatusCodes.Status403Forbidden, reason);

        var required = AccessRule.For(handler).RequiredRole(http.Request.Method);
        var admission = await AuthenticateAsync(http, cancel);
        if (required is null || admission.IsRefused)
            return required is null ? Admission.Of(admission.Identity) : admission;

        return admission.Identity switch
        {
            null => Admission.Refuse(StatusCodes.Status401Unauthorized, "Sign in first."),
            { } identity when identity.Role < required => Admission.Refuse(
                StatusCodes.Status403Forbidden, $"This needs the role {required.Value.ToText()}."),
            { } identity => Admission.Of(identity),
        };
    }

    private ValueTask<Admission> AuthenticateAsync(HttpContext http, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (RequestGuard.IsUnixSocket(http))
            return ValueTask.FromResult(Admission.Of(Identity.Local));
        return ValueTask.FromResult(Admission.Of(requireAuth ? null : Identity.Anonymous));
    }
}
