using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Registry.Access;

/// <summary>Tokens say who somebody is until when; what that user may do is looked up when they are used.</summary>
internal sealed class RegistryTokens(RegistryAccounts accounts, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <returns><c>base64url(UNIXSECONDS NAME).base64url(HMAC)</c>.</returns>
    public string Issue(string user)
    {
        var end = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds();
        var body = Encoding.UTF8.GetBytes($"{end} {user}");
        return $"{Base64Url.EncodeToString(body)}.{Base64Url.EncodeToString(Sign(body))}";
    }

    /// <returns>The user's name; null: forged, run out, or no token.</returns>
    public string? Read(string token)
    {
        try
        {
            if (token.Split('.') is not [var body, var signature])
                return null;
            var bytes = Base64Url.DecodeFromChars(body);
            if (!CryptographicOperations.FixedTimeEquals(Sign(bytes), Base64Url.DecodeFromChars(signature)))
                return null;
            var text = Encoding.UTF8.GetString(bytes).Split(' ', 2);
            var end = long.Parse(text[0], CultureInfo.InvariantCulture);
            return end >= time.GetUtcNow().ToUnixTimeSeconds() ? text[1] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private byte[] Sign(byte[] body) => HMACSHA256.HashData(accounts.Current.TokenKey.Span, body);
}
