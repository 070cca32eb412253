using System.Text;

namespace Orchestrator.Build.Execution;

/// <summary>Makes text of what a program prints; what it prints to standard error comes in red, as with docker.</summary>
internal sealed class StepPrinter(Func<string, ValueTask> say)
{
    private readonly Decoder output = Encoding.UTF8.GetDecoder();
    private readonly Decoder errors = Encoding.UTF8.GetDecoder();

    public async ValueTask WriteAsync(bool isError, ReadOnlyMemory<byte> bytes)
    {
        var text = Decode(isError ? errors : output, bytes.Span);
        if (text.Length > 0)
            await say(isError ? $"\u001b[91m{text}\u001b[0m" : text);
    }

    /// <summary>A character whose bytes come in two pieces comes with the second.</summary>
    private static string Decode(Decoder decoder, ReadOnlySpan<byte> bytes)
    {
        var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        return new string(characters, 0, decoder.GetChars(bytes, characters, flush: false));
    }
}
