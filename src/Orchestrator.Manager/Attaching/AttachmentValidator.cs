using System.Text.RegularExpressions;
using Orchestrator.Manager.ControlApi;
using Orchestrator.Model;

namespace Orchestrator.Manager.Attaching;

/// <summary>Whether a node may ask so for a container of its own. What it says goes to every node of the network. Pure.
/// </summary>
internal static partial class AttachmentValidator
{
    private const int MostAliases = 32;

    /// <exception cref="UserException">It may not.</exception>
    public static void Validate(P.AttachRequest request)
    {
        if (!Identifier.IsValid(request.Id))
            throw UserErrors.Invalid($"invalid task id \"{Shown(request.Id)}\"");
        if (!Word().IsMatch(request.ContainerId))
            throw UserErrors.Invalid($"invalid container id \"{Shown(request.ContainerId)}\"");
        if (request.Aliases.Prepend(request.ContainerName).FirstOrDefault(name => !Word().IsMatch(name)) is { } odd)
            throw UserErrors.Invalid(
                $"invalid name \"{Shown(odd)}\" on network {Shown(request.Network)}",
                "Use letters, digits, dots, dashes and underscores, 255 at most.");
        if (request.Aliases.Count > MostAliases)
            throw UserErrors.Invalid(
                $"{request.Aliases.Count} aliases on network {request.Network}", $"Give {MostAliases - 1} at most.");
        if (request.Options.Keys.FirstOrDefault(option => !Bandwidth.Options.Contains(option)) is { } unknown)
            throw UserErrors.Invalid(
                $"unknown option {Shown(unknown)} of a place on network {request.Network}",
                $"Those that there are: {string.Join(", ", Bandwidth.Options)}.");
        if (Bandwidth.FaultOf(request.Options) is { } fault)
            throw UserErrors.Invalid($"invalid bandwidth: {Shown(fault)}", Bandwidth.Remedy);
    }

    private static string Shown(string text) => text.Length <= 64 ? text : $"{text[..64]}…";

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}\z")]
    private static partial Regex Word();
}
