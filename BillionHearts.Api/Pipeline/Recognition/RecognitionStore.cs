using BillionHearts.Api.Pipeline.Results;
using BillionHearts.Api.Platform.Data;
using BillionHearts.Contracts;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace BillionHearts.Api.Pipeline.Recognition;

/// <summary>Stores what was recognised in the current version of an image. The image's state, its events and its attempts do not depend on it.</summary>
internal sealed class RecognitionStore(ImagesDbContext db)
{
    /// <returns>Whether it was stored; not if the image is deleted, has other content by now, or was recognised before and this is a failure.</returns>
    public Task<bool> StoreAsync(RecognitionResult result, CancellationToken cancellationToken) => db.InTransactionAsync(
        async cancel =>
        {
            if (await db.LockImageAsync(result.ImageId, cancel) is not { } image || image.Version != result.Version)
            {
                return false;
            }

            if (result.Recognition.Failure is not null && image.Recognition is { Failure: null })
            {
                // A repeated recognition failed: what was recognised before stays.
                return false;
            }

            // A result may arrive before that of the analysis, whose own text is added then.
            image.Recognition = result.Recognition;
            image.SearchText = SearchText.From(image.Analysis, image.Recognition);
            await db.SaveChangesAsync(cancel);

            if (result.Embedding is { } embedding)
            {
                await WriteLookAsync(image, result.Recognition.Model, embedding, cancel);
            }

            return true;
        },
        cancellationToken);

    private Task<int> WriteLookAsync(Image image, string model, byte[] embedding, CancellationToken cancellationToken) => db.Database.ExecuteSqlRawAsync(
        """
        INSERT INTO image_looks (image_id, user_id, version, model, cell, code, embedding) VALUES (@image, @user, @version, @model, @cell, @code, @embedding)
        ON CONFLICT (image_id) DO UPDATE
        SET version = excluded.version, model = excluded.model, cell = excluded.cell, code = excluded.code, embedding = excluded.embedding
        """,
        [
            new NpgsqlParameter("image", image.Id),
            new NpgsqlParameter("user", image.UserId),
            new NpgsqlParameter("version", image.Version),
            new NpgsqlParameter("model", model),
            new NpgsqlParameter("cell", LookCode.Cell(embedding)),
            new NpgsqlParameter("code", NpgsqlDbType.Bit) { Value = LookCode.Of(embedding) },
            new NpgsqlParameter("embedding", embedding),
        ],
        cancellationToken);
}
