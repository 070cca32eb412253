using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;

namespace Orchestrator.Cli.Config;

/// <summary>A program that keeps logins, <c>docker-credential-NAME</c>: JSON on its standard streams.</summary>
/// <remarks>Source: docker/docker-credential-helpers, README, "Development".</remarks>
internal sealed class CredentialHelper(string name)
{
    /// <summary>In place of a user's name: the secret is an identity token.</summary>
    private const string TokenUser = "<token>";

    private const string NotFound = "credentials not found in native keychain";

    private string Program => "docker-credential-" + name;

    /// <returns>Null: it has none for this server.</returns>
    public AuthConfig? Get(string server)
    {
        var (code, output) = Run("get", server);
        if (code != 0 && output.Contains(NotFound, StringComparison.OrdinalIgnoreCase)) return null;
        if (code != 0) throw Failed("get", output);
        try
        {
            var node = JsonNode.Parse(output) as JsonObject ?? throw new JsonException("it is no object");
            var (user, secret) = ($"{node["Username"]}", $"{node["Secret"]}");
            return user == TokenUser
                ? new AuthConfig { ServerAddress = server, IdentityToken = secret }
                : new AuthConfig { ServerAddress = server, Username = user, Password = secret };
        }
        catch (JsonException e)
        {
            throw new CliException($"{Program} get: the answer cannot be read: {e.Message}", e);
        }
    }

    public void Store(AuthConfig login)
    {
        var isToken = !string.IsNullOrEmpty(login.IdentityToken);
        var request = new JsonObject
        {
            ["ServerURL"] = login.ServerAddress,
            ["Username"] = isToken ? TokenUser : login.Username,
            ["Secret"] = isToken ? login.IdentityToken : login.Password,
        };
        var (code, output) = Run("store", request.ToJsonString());
        if (code != 0) throw Failed("store", output);
    }

    public void Erase(string server)
    {
        var (code, output) = Run("erase", server);
        if (code != 0 && !output.Contains(NotFound, StringComparison.OrdinalIgnoreCase)) throw Failed("erase", output);
    }

    private CliException Failed(string verb, string output) =>
        new($"{Program} {verb} failed: {(output.Length > 0 ? output : "it gave no reason")}");

    private (int Code, string Output) Run(string verb, string input)
    {
        var start = new ProcessStartInfo(Program, [verb])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, StandardInputEncoding = new UTF8Encoding(false),
        };
        try
        {
            using var process = Process.Start(start)!;
            Give(process, input);
            var output = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (Win32Exception e)
        {
            throw new CliException(
                $"error getting credentials - {Program} cannot be run: {e.Message}. "
                + "Install it, or take credsStore or credHelpers out of config.json.", e);
        }
    }

    private static void Give(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code and words say what that means.
        }
    }
}
