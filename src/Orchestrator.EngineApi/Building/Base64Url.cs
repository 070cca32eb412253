namespace Orchestrator.EngineApi.Building;

/// <summary>Base64 as headers carry it: either alphabet, padded or not.</summary>
internal static class Base64Url
{
    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Decode(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }
}
