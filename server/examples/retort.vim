" Vim syntax file for the routes files of retortd, see routes(5).
"
"	mkdir -p ~/.vim/syntax ~/.vim/ftdetect
"	cp retort.vim ~/.vim/syntax/
"	echo 'au BufRead,BufNewFile routes.conf,*.routes setf retort' \
"		>~/.vim/ftdetect/retort.vim
"
" In a file of another name: # vim: ft=retort

if exists('b:current_syntax')
	finish
endif

syn case match

" A word is what stands between blanks.
syn iskeyword 33-126,128-255

syn keyword retortStatement host include set seed unmatched
syn keyword retortMatch body json query times p
syn match retortMatch "\%(^\|\s\)\zsheader\ze\s\+\S\+\s\+\%(=\|!=\|\~\|exists\|absent\)\%(\s\|$\)"
syn keyword retortOperator = != ~ exists absent
syn keyword retortAction return file echo redirect seq
syn match retortOption "\%(^\|\s\)\zsheader\ze\s\+\S\+\s\+\%(\%(=\|!=\|\~\|exists\|absent\)\%(\s\|$\)\)\@!"
syn keyword retortOption type reason delay template close

" GET, GET,POST and * in front of a path.
syn match retortMethod "^\s*\zs\%(\*\|[A-Z][A-Z-]*\%(\s*,\s*[A-Z][A-Z-]*\)*\)\ze\s\+[/*$]"
syn match retortPath "\%(^\|\s\)\zs\%(\$\w\+\)\?/\S*" contains=retortName,retortMacro
syn match retortName "{[[:alnum:]_.-]\+\%(\.\.\.\)\?}" contained

syn match retortStatus "\<[2-5]\d\d\>"
syn match retortTime "\%(^\|\s\)\zs\d\+\%(\.\d\+\)\?\%(us\|ms\|s\|m\)\>"
syn match retortTime "\<\%(uniform\|normal\|lognormal\)([^)]*)"

syn match retortMacro "\$\w\+"
syn match retortMacro "^\s*\zs\w\+\ze\s\+=\s"

syn match retortFill "{{" contained
syn match retortFill "{\%(body\|uuid\|now\|n\|\%(query\|header\|json\)\.[^{}]*\|\w[[:alnum:]_-]*\)}" contained
syn match retortEscape +\\\%(["\\nt]\|x\x\x\)+ contained
syn region retortString start=+\%(^\|\s\)\zs"+ skip=+\\.+ end=+"+ oneline contains=retortEscape,retortFill
syn region retortString start=+\%(^\|\s\)\zs'+ end=+'+ oneline contains=retortFill

" The options behind <<WORD are not part of the text.
syn region retortHeredoc matchgroup=retortHeredocMark start="<<\z(\S\+\).*$" end="^\z1$" contains=retortFill keepend

syn match retortContinued "\\$"
syn match retortComment "\%(^\|\s\)\zs#.*$" contains=retortTodo,@Spell
syn keyword retortTodo XXX FIXME contained

syn sync minlines=200

hi def link retortStatement Keyword
hi def link retortMatch Conditional
hi def link retortOperator Operator
hi def link retortAction Statement
hi def link retortOption Type
hi def link retortMethod Function
hi def link retortPath Identifier
hi def link retortName Special
hi def link retortStatus Number
hi def link retortTime Number
hi def link retortMacro Macro
hi def link retortFill Special
hi def link retortEscape SpecialChar
hi def link retortString String
hi def link retortHeredoc String
hi def link retortHeredocMark Delimiter
hi def link retortContinued Special
hi def link retortComment Comment
hi def link retortTodo Todo

let b:current_syntax = 'retort'
