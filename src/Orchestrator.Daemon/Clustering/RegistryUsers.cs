using Orchestrator.Api;
using Orchestrator.EngineApi;
using Orchestrator.Images;
using Orchestrator.Model;
using Orchestrator.Registry.Access;
using RegistryGrant = Orchestrator.Registry.Access.RegistryGrant;

namespace Orchestrator.Daemon.Clustering;

/// <summary>The registry's users, as the API speaks of them.</summary>
internal sealed class RegistryUsers(Func<RegistryAccounts?> accounts) : IRegistryAccounts
{
    private const RegistryRights Both = RegistryRights.Pull | RegistryRights.Push;

    public async Task<IReadOnlyList<RegistryAccount>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await AsUserErrorAsync(Accounts.ListAsync(cancellationToken)).ConfigureAwait(false)).Select(user => new RegistryAccount
        {
            Name = user.Name,
            Pull = [.. user.Grants.Where(g => g.Rights == RegistryRights.Pull).Select(g => g.Pattern)],
            Push = [.. user.Grants.Where(g => g.Rights == Both).Select(g => g.Pattern)],
        }),
    ];

    public async Task SaveAsync(RegistryAccount account, CancellationToken cancellationToken)
    {
        if (account.Name.Length == 0 || account.Name.Any(c => c == ':' || char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            throw new UserException(ErrorCode.InvalidArgument, $"\"{account.Name}\" is no name of a user",
                "Write a word without spaces and colons.");
        }

        if (account.Name == RegistryUser.Anonymous && account.Password is not null)
        {
            throw new UserException(ErrorCode.InvalidArgument, "anonymous is who does not log in, and has no password",
                "Leave the password out.");
        }

        await AsUserErrorAsync(Accounts.SaveAsync(account.Name, account.Password,
        [
            .. account.Pull.Select(pattern => new RegistryGrant(pattern, RegistryRights.Pull)),
            .. account.Push.Select(pattern => new RegistryGrant(pattern, Both)),
        ], cancellationToken)).ConfigureAwait(false);
    }

    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        AsUserErrorAsync(Accounts.RemoveAsync(name, cancellationToken));

    private RegistryAccounts Accounts => accounts() ?? throw new UserException(
        ErrorCode.Unavailable, "this manager has not joined the others yet", "See \"orch info\", and try again.");

    private static async Task<T> AsUserErrorAsync<T>(Task<T> work)
    {
        await AsUserErrorAsync((Task)work).ConfigureAwait(false);
        return await work.ConfigureAwait(false);
    }

    private static async Task AsUserErrorAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (ImageException error)
        {
            throw new UserException(
                ErrorCode.Unavailable, error.Message, "Bring the other managers back (orch node ls), then try again.", error);
        }
    }
}
