using System.Diagnostics;

namespace Orchestrator.Integration.Support;

/// <summary>What a program printed and how it ended.</summary>
public sealed record ShellResult(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs programs as a user would.</summary>
public static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Folder of the repository that these tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Runs to the end; a failure to end within two minutes is a failure of the test.</summary>
    public static async Task<ShellResult> TryRunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        Stream? input = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            WorkingDirectory = Root,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        if (input is not null)
            await input.CopyToAsync(process.StandardInput.BaseStream, patience.Token);
        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return new(process.ExitCode, (await output).TrimEnd('\n'), (await error).TrimEnd('\n'));
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)}: still running after {Patience}");
        }
    }

    /// <summary>As <see cref="TryRunAsync"/>, but a non-zero exit fails the test with what the program said.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        Stream? input = null)
    {
        var list = arguments.ToList();
        var result = await TryRunAsync(program, list, environment, input);
        Assert.True(
            result.ExitCode == 0,
            $"{program} {string.Join(' ', list)} ended with {result.ExitCode}\n{result.Output}\n{result.Error}");
        return result.Output;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orchestrator.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("run these tests from a checkout");
    }
}
