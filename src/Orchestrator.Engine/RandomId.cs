using System.Security.Cryptography;

namespace Orchestrator.Engine;

/// <summary>Ids nobody else has: 64 lower-case hex digits.</summary>
internal static class RandomId
{
    /// <remarks>
    /// Never twelve decimal digits in front: such a short id would pass for a number, and for a hostname of none.
    /// </remarks>
    public static string Next()
    {
        while (true)
        {
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            if (id.AsSpan(0, 12).ContainsAnyExceptInRange('0', '9'))
                return id;
        }
    }
}
