using System.Collections.Concurrent;
using System.Reflection;

namespace NeurDicom.Accounts;

/// <summary>
/// How a handler stands in the audit trail. Without it every read and change of a handler that asks for sign-in is
/// written down: what is new is audited until somebody says that it shows no patient data.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AuditedAttribute : Attribute
{
    /// <summary>What its reads are called; null where they show no patient data and are left out.</summary>
    public string? Reads { get; init; }

    /// <summary>What its changes are called.</summary>
    public string? Changes { get; init; }
}

/// <summary>What requests to one handler class are called in the audit trail.</summary>
internal sealed class AuditRule
{
    private static readonly ConcurrentDictionary<Type, AuditRule> Rules = new();

    private readonly AuditedAttribute? _given;
    private readonly bool _isOpen;

    private AuditRule(Type handler)
    {
        _given = handler.GetCustomAttribute<AuditedAttribute>(inherit: true);
        _isOpen = handler.IsDefined(typeof(OpenToAllAttribute), inherit: false);
        NameOfRefusal = _given?.Changes == "sign_in" ? "sign_in" : "refused";
    }

    public static AuditRule For(Type handler) => Rules.GetOrAdd(handler, static type => new AuditRule(type));

    /// <summary>What it is called when somebody who has not signed in is sent away.</summary>
    public string NameOfRefusal { get; }

    /// <summary>The name of an event, or null where it is no matter for the audit trail.</summary>
    /// <param name="namesOne">Whether the path names one thing, and not a list.</param>
    public string? NameOf(string method, int status, bool namesOne)
    {
        var isRead = method is "GET" or "HEAD";
        if (method is "OPTIONS" or "TRACE")
            return null;
        if (_given is { } given)
            return (isRead ? given.Reads : given.Changes) ?? (status == 403 ? "refused" : null);
        if (_isOpen)
            return null;
        // What is deleted is noted by the writer, with UIDs and in the transaction that deletes it.
        return isRead ? (namesOne ? "read" : "query")
            : method != "DELETE" ? "upload"
            : status >= 400 ? "delete" : null;
    }
}
