#include "png8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

#define COLOURS	  256
#define BITS_MAX  5
#define BUCKETS	  (1 << (3 * BITS_MAX + 2))
#define NO_COLOUR (-1)

/* Colours that agree in their first bits, and which of them has most votes. */
struct bucket {
	uint32_t argb;
	int votes;
	int index;
};

struct picture {
	const uint32_t *pixels;
	int w;
	int h;
	int stride; /* in pixels */
	int bits;   /* of each of red, green and blue that tell buckets apart */
	int n;	    /* colours */
	struct bucket buckets[BUCKETS];
};

static uint32_t
pixel(const struct picture *p, int x, int y)
{
	return p->pixels[y * p->stride + x];
}

static struct bucket *
bucket_of(struct picture *p, uint32_t argb)
{
	uint32_t shift = 8 - (uint32_t)p->bits, at = argb >> 30;
	int i;

	for (i = 16; i >= 0; i -= 8)
		at = at << p->bits | (argb >> i & 0xff) >> shift;
	return &p->buckets[at];
}

/* Boyer and Moore: what is left has the majority, if anything has. */
static void
vote(struct bucket *b, uint32_t argb)
{
	if (b->votes == 0)
		b->argb = argb;
	b->votes += b->argb == argb ? 1 : -1;
}

static void
choose_colours(struct picture *p, int bits)
{
	struct bucket *b;
	int x, y, i;

	p->bits = bits;
	p->n = 0;
	for (i = 0; i < BUCKETS; i++)
		p->buckets[i] = (struct bucket){ 0, 0, NO_COLOUR };
	for (y = 0; y < p->h; y++)
		for (x = 0; x < p->w; x++) {
			b = bucket_of(p, pixel(p, x, y));
			if (b->index == NO_COLOUR)
				b->index = p->n++;
			vote(b, pixel(p, x, y));
		}
}

/* cairo's colours are multiplied by their alpha, PNG's are not. */
static void
set_entry(const struct bucket *b, png_color *colour, png_byte *alpha)
{
	uint32_t a = b->argb >> 24, half = a / 2, whole = a == 0 ? 1 : a;

	*alpha = (png_byte)a;
	colour->red = (png_byte)(((b->argb >> 16 & 0xff) * 255 + half) / whole);
	colour->green =
	    (png_byte)(((b->argb >> 8 & 0xff) * 255 + half) / whole);
	colour->blue = (png_byte)(((b->argb & 0xff) * 255 + half) / whole);
}

static void
write_palette(struct picture *p, png_struct *png, png_info *info)
{
	png_color colours[COLOURS] = { { 0 } };
	png_byte alphas[COLOURS] = { 0 };
	const struct bucket *b;

	for (b = p->buckets; b < p->buckets + BUCKETS; b++)
		if (b->index != NO_COLOUR)
			set_entry(b, &colours[b->index], &alphas[b->index]);
	png_set_PLTE(png, info, colours, p->n);
	png_set_tRNS(png, info, alphas, p->n, NULL);
}

static void
write_rows(struct picture *p, png_struct *png)
{
	png_byte *row = malloc((size_t)p->w);
	int x, y;

	if (row == NULL)
		abort();
	for (y = 0; y < p->h; y++) {
		for (x = 0; x < p->w; x++)
			row[x] = (png_byte)bucket_of(p, pixel(p, x, y))->index;
		png_write_row(png, row);
	}
	free(row);
}

/* libpng ends the program by longjmp to nowhere if the disk is full. */
static void
write_png(struct picture *p, FILE *f)
{
	png_struct *png =
	    png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_info *info = png_create_info_struct(png);

	png_init_io(png, f);
	png_set_compression_level(png, 9);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_set_IHDR(png, info, (png_uint_32)p->w, (png_uint_32)p->h, 8,
	    PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
	    PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	write_palette(p, png, info);
	png_write_info(png, info);
	write_rows(p, png);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
}

bool
png8_write(cairo_surface_t *surface, const char *path)
{
	struct picture *p = calloc(1, sizeof(*p));
	FILE *f = fopen(path, "wbe");
	int bits = BITS_MAX;

	if (p == NULL)
		abort();
	if (f == NULL) {
		free(p);
		return false;
	}
	cairo_surface_flush(surface);
	p->pixels =
	    (const uint32_t *)(const void *)cairo_image_surface_get_data(
		surface);
	p->w = cairo_image_surface_get_width(surface);
	p->h = cairo_image_surface_get_height(surface);
	p->stride = cairo_image_surface_get_stride(surface) / 4;
	do
		choose_colours(p, bits);
	while (p->n > COLOURS && bits-- > 1);
	write_png(p, f);
	free(p);
	return fclose(f) == 0;
}
