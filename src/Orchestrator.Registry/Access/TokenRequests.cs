using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Orchestrator.Registry.Access;

/// <summary>Gives tokens for logins, as the challenge tells clients to ask for them.</summary>
/// <remarks>Source: distribution's "Token Authentication Specification", and its OAuth2 form for POST.</remarks>
internal sealed class TokenRequests(RegistryGate gate, RegistryAccounts accounts)
{
    private const int MaxFormBytes = 64 << 10;

    public async Task AnswerAsync(HttpContext context)
    {
        var user = HttpMethods.IsPost(context.Request.Method) ? await OfFormAsync(context)
            : gate.WhoWithPassword(context);
        if (user is null)
            throw RegistryError.Unauthorized("user and password are not those of a user of this registry");
        var token = gate.Tokens.Issue(user.Name);
        context.Response.Headers.CacheControl = "no-store";
        await Results.Json(
            new TokenAnswer(token, token, (int)RegistryTokens.Lifetime.TotalSeconds),
            RegistryServerJson.Default.TokenAnswer).ExecuteAsync(context);
    }

    private async Task<RegistryUser?> OfFormAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            throw RegistryError.Unsupported();
        // Whoever asks is nobody yet, and the server itself takes layers of any size.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxFormBytes;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        return form["grant_type"] == "password"
            ? await accounts.LogInAsync(
                form["username"].ToString(), form["password"].ToString(), context.RequestAborted)
            : null;
    }
}
