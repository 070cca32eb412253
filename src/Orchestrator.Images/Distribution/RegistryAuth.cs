using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orchestrator.Images.Distribution;

/// <summary>Answers a registry's challenges: basic, or a token from the server it names.</summary>
/// <remarks>Source: distribution.github.io/distribution/spec/auth/token and /oauth.</remarks>
internal sealed partial class RegistryAuth(RegistryCredentials? credentials)
{
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> byScope = new(StringComparer.Ordinal);

    public AuthenticationHeaderValue? For(string scope) => byScope.GetValueOrDefault(scope);

    /// <summary>Works out the header that the challenge wants.</summary>
    /// <returns>False: there is none we could give, or it was given already and refused.</returns>
    public async Task<bool> AnswerAsync(
        HttpClient http, HttpResponseMessage challenge, string scope, AuthenticationHeaderValue? refused,
        CancellationToken cancellationToken)
    {
        foreach (var offer in challenge.Headers.WwwAuthenticate)
        {
            var answer = offer.Scheme.ToLowerInvariant() switch
            {
                "basic" => Basic(),
                "bearer" => await TokenAsync(http, offer.Parameter ?? "", scope, cancellationToken),
                _ => null,
            };
            if (answer is null || answer.Equals(refused))
                continue;
            byScope[scope] = answer;
            return true;
        }

        return false;
    }

    private AuthenticationHeaderValue? Basic() => credentials is { Username: { } user, Password: { } password }
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))
        : null;

    private async Task<AuthenticationHeaderValue?> TokenAsync(
        HttpClient http, string parameters, string scope, CancellationToken cancellationToken)
    {
        var values = Parameters().Matches(parameters)
            .ToDictionary(m => m.Groups[1].Value.ToLowerInvariant(), m => m.Groups[2].Value, StringComparer.Ordinal);
        if (!Uri.TryCreate(values.GetValueOrDefault("realm"), UriKind.Absolute, out var realm)
            || realm.Scheme is not ("https" or "http"))
            return null;
        using var request = Request(realm, values.GetValueOrDefault("service"), scope);
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return null;
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var token = JsonSerializer.Deserialize(body, RegistryJson.Default.RegistryToken);
        return (token?.Token ?? token?.AccessToken) is { Length: > 0 } text ? new("Bearer", text) : null;
    }

    private HttpRequestMessage Request(Uri realm, string? service, string scope)
    {
        if (credentials is { IdentityToken: { } identity })
        {
            return new HttpRequestMessage(HttpMethod.Post, realm)
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["grant_type"] = "refresh_token", ["service"] = service ?? "", ["scope"] = scope,
                    ["client_id"] = "orch", ["refresh_token"] = identity,
                }),
            };
        }

        var query = $"service={Uri.EscapeDataString(service ?? "")}"
            + (scope.Length > 0 ? $"&scope={Uri.EscapeDataString(scope)}" : ""); // A login asks for nothing yet.
        var url = new UriBuilder(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query[1..]}&{query}" : query };
        return new HttpRequestMessage(HttpMethod.Get, url.Uri) { Headers = { Authorization = Basic() } };
    }

    [GeneratedRegex("([A-Za-z]+)=\"([^\"]*)\"")]
    private static partial Regex Parameters();
}
