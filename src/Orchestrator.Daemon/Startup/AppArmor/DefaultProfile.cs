using System.ComponentModel;
using System.Diagnostics;

namespace Orchestrator.Daemon.Startup.AppArmor;

/// <summary>The profile that containers are confined to unless they ask for another; where the host has AppArmor.
/// </summary>
internal static class DefaultProfile
{
    private const string Name = "orch-default", Unconfined = "unconfined";
    private const string Parser = "apparmor_parser";

    /// <summary>Where it is installed, though often not on the path of a service.</summary>
    private static readonly string[] Places = ["/usr/sbin", "/sbin"];

    /// <summary>Gives the kernel the profile, in place of an older daemon's.</summary>
    /// <returns>What containers are confined to, and why that is nothing on a host that has AppArmor; empty: no
    /// reason.</returns>
    public static (string Profile, string Fault) Load()
    {
        if (!IsEnabled)
            return (Unconfined, "");
        var fault = TryLoad();
        return fault.Length == 0 ? (Name, "") : (Unconfined, $"containers are not confined by AppArmor: {fault}");
    }

    private static bool IsEnabled => File.Exists("/sys/module/apparmor/parameters/enabled")
        && File.ReadAllText("/sys/module/apparmor/parameters/enabled").StartsWith('Y');

    private static string TryLoad()
    {
        try
        {
            var program = Places.Select(place => Path.Combine(place, Parser)).FirstOrDefault(File.Exists) ?? Parser;
            using var parser = Process.Start(new ProcessStartInfo(program, ["--replace", "--skip-cache"])
            {
                RedirectStandardInput = true, RedirectStandardError = true,
            })!;
            using (var profile = typeof(DefaultProfile).Assembly.GetManifestResourceStream(Name)!)
                profile.CopyTo(parser.StandardInput.BaseStream);
            parser.StandardInput.Close();
            var said = parser.StandardError.ReadToEnd();
            parser.WaitForExit();
            return parser.ExitCode == 0 ? "" : $"{Parser}: {said.ReplaceLineEndings(" ").Trim()}";
        }
        catch (Win32Exception)
        {
            return $"{Parser} is not installed; install the package apparmor";
        }
        catch (IOException e)
        {
            return $"{Parser}: {e.Message}";
        }
    }
}
