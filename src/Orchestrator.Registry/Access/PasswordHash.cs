using System.Globalization;
using System.Security.Cryptography;

namespace Orchestrator.Registry.Access;

/// <summary>Passwords as they are kept: salted, and slow to try.</summary>
internal static class PasswordHash
{
    private const int Rounds = 200_000;
    private const int Bytes = 32;

    /// <summary>Fits no password, and takes as long to find that out as any other.</summary>
    public static readonly string Decoy =
        $"pbkdf2-sha256${Rounds}${Convert.ToBase64String(new byte[16])}${Convert.ToBase64String(new byte[Bytes])}";

    /// <returns><c>pbkdf2-sha256$ROUNDS$SALT$HASH</c>.</returns>
    public static string Make(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"pbkdf2-sha256${Rounds}${Convert.ToBase64String(salt)}$"
            + Convert.ToBase64String(Derive(password, salt, Rounds));
    }

    public static bool Fits(string secret, string password) =>
        secret.Split('$') is ["pbkdf2-sha256", var rounds, var salt, var hash]
        && CryptographicOperations.FixedTimeEquals(
            Convert.FromBase64String(hash),
            Derive(password, Convert.FromBase64String(salt), int.Parse(rounds, CultureInfo.InvariantCulture)));

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, Bytes);
}
