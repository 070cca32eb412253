using System.Diagnostics;

namespace Orchestrator.Images.Tests;

/// <summary>What the programs that people compress with make of some bytes.</summary>
internal static class Compressed
{
    public static async Task<byte[]> ByAsync(string program, byte[] plain, params string[] options)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["-c", .. options]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var packed = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(packed);
        await process.StandardInput.BaseStream.WriteAsync(plain);
        process.StandardInput.Close();
        await reading;
        return packed.ToArray();
    }
}
