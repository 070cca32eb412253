using System.Buffers;
using System.Numerics;

namespace Orchestrator.Security;

/// <summary>Bytes as a big-endian number in digits 0-9 and a-z, of a fixed width.</summary>
internal static class Base36
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> DigitSet = SearchValues.Create(Digits);

    public static string Encode(ReadOnlySpan<byte> bytes, int width)
    {
        var number = new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
        Span<char> text = stackalloc char[width];
        for (var i = width - 1; i >= 0; i--)
        {
            number = BigInteger.DivRem(number, 36, out var digit);
            text[i] = Digits[(int)digit];
        }

        return new string(text);
    }

    public static bool IsBase36(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(DigitSet);
}
