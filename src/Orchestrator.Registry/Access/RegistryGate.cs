using System.Text;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Registry.Access;

/// <summary>Rights by login: basic, or a token that a login was given.</summary>
public sealed class RegistryGate
{
    /// <summary>Of a request's items: the <see cref="RegistryUser"/> that its password is of.</summary>
    private static readonly object LoggedIn = new();

    private readonly RegistryAccounts accounts;

    internal RegistryGate(RegistryAccounts accounts, TimeProvider time) =>
        (this.accounts, Tokens) = (accounts, new RegistryTokens(accounts, time));

    internal RegistryTokens Tokens { get; }

    /// <summary>
    /// What the login of a request allows; without one, what the user <see cref="RegistryUser.Anonymous"/> may.
    /// </summary>
    /// <param name="isOpen">Whether, while there is no user at all, anybody may pull and push.</param>
    public RegistryRights RightsOf(HttpContext context, string repository, bool isOpen)
    {
        if (isOpen && accounts.IsKnown && accounts.Users.Count == 0)
            return RegistryRights.Pull | RegistryRights.Push;
        return Who(context)?.RightsOn(repository) ?? RegistryRights.None;
    }

    /// <summary>Checks the password of a request, if it has one: once, before anything asks who it is.</summary>
    internal async Task LogInAsync(HttpContext context)
    {
        if (ReadBasic(context.Request.Headers.Authorization.ToString()) is var (user, password))
            context.Items[LoggedIn] = await accounts.LogInAsync(user, password, context.RequestAborted);
    }

    /// <summary>The user of a request; null: a login that is not good, or none and no anonymous user.</summary>
    internal RegistryUser? Who(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return accounts.Find(RegistryUser.Anonymous);
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Tokens.Read(header[7..].Trim()) is { } name ? accounts.Find(name) : null;
        return context.Items[LoggedIn] as RegistryUser;
    }

    /// <summary>As <see cref="Who"/>, but for tokens: none may be had for another, or it would never end.</summary>
    internal RegistryUser? WhoWithPassword(HttpContext context) => context.Request.Headers.Authorization.Count == 0
        ? accounts.Find(RegistryUser.Anonymous) : context.Items[LoggedIn] as RegistryUser;

    private static (string User, string Password)? ReadBasic(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromBase64String(header[6..].Trim()));
            return text.Split(':', 2) is [var user, var password] ? (user, password) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
