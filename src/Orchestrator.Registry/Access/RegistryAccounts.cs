using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Orchestrator.Registry.Access;

/// <summary>Who may log in to a registry, and the checking of passwords.</summary>
public sealed class RegistryAccounts
{
    /// <summary>How long a login waits for its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly object gate = new();
    private readonly IAccountBook book;

    /// <summary>Logins found good since the users last changed; deriving a password's hash is slow by intent.</summary>
    private volatile Proven proven;

    internal RegistryAccounts(IAccountBook book)
    {
        this.book = book;
        proven = new Proven(book.Current, []);
    }

    /// <summary>Who holds one has a password tried.</summary>
    internal SemaphoreSlim Trials { get; } = new(Math.Max(1, Environment.ProcessorCount / 4));

    internal AccountList Current => book.Current;

    internal bool IsKnown => book.IsKnown;

    /// <summary>All users, by name, as known here.</summary>
    public IReadOnlyList<RegistryUser> Users => book.Current.Users;

    /// <summary>All users, by name, every change included that was acknowledged before the call.</summary>
    public async Task<IReadOnlyList<RegistryUser>> ListAsync(CancellationToken cancellationToken)
    {
        await book.RefreshAsync(cancellationToken);
        return Users;
    }

    /// <summary>Adds a user, or replaces one of that name.</summary>
    /// <param name="password">Null: stays what it was; a new user then cannot log in.</param>
    /// <exception cref="Images.ImageException">Unavailable.</exception>
    public async Task SaveAsync(
        string name, string? password, IEnumerable<RegistryGrant> grants, CancellationToken cancellationToken)
    {
        var secret = password is null ? null : await Task.Run(() => PasswordHash.Make(password), cancellationToken);
        if (secret is null)
            await book.RefreshAsync(cancellationToken);
        await book.SaveAsync(
            new RegistryUser(name, secret ?? Find(name)?.Secret ?? "", [.. grants]), cancellationToken);
    }

    /// <returns>False: there is none of that name.</returns>
    /// <exception cref="Images.ImageException">Unavailable.</exception>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        book.RemoveAsync(name, cancellationToken);

    internal RegistryUser? Find(string name) => Users.FirstOrDefault(u => u.Name == name);

    /// <summary>Who is no user is told so no sooner than who has a wrong password.</summary>
    /// <returns>Null: no such user, or not that password.</returns>
    /// <exception cref="RegistryError">TOOMANYREQUESTS: others try passwords all the time.</exception>
    internal async Task<RegistryUser?> LogInAsync(string name, string password, CancellationToken cancellationToken)
    {
        var current = book.Current;
        if (current.Users.IsEmpty)
            return null;
        var user = current.Users.FirstOrDefault(u => u.Name == name && u.Secret.Length > 0);
        var known = (name, Convert.ToHexString(HMACSHA256.HashData(
            current.TokenKey.Span, System.Text.Encoding.UTF8.GetBytes(password))));
        var before = proven;
        if (user is not null && ReferenceEquals(before.Users, current) && before.Logins.Contains(known))
            return user;
        if (!await FitsAsync(user?.Secret ?? PasswordHash.Decoy, password, cancellationToken) || user is null)
            return null;
        lock (gate)
        {
            var logins = ReferenceEquals(proven.Users, current) ? proven.Logins : [];
            proven = new Proven(current, logins.Add(known));
        }

        return user;
    }

    /// <summary>Anybody can have passwords tried: that gets a part of the processors, and no thread that others need.
    /// </summary>
    private async Task<bool> FitsAsync(string secret, string password, CancellationToken cancellationToken)
    {
        if (!await Trials.WaitAsync(Patience, cancellationToken))
            throw new RegistryError(429, "TOOMANYREQUESTS", "too many logins are being checked: try again later");
        try
        {
            return await Task.Run(() => PasswordHash.Fits(secret, password), CancellationToken.None);
        }
        finally
        {
            Trials.Release();
        }
    }

    /// <param name="Logins">Found good while the users were these.</param>
    private sealed record Proven(AccountList Users, ImmutableHashSet<(string Name, string PasswordHash)> Logins);
}
